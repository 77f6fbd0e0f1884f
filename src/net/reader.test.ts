import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import t, { type Test } from 'tap';
import { Account, Budget } from './budget.js';
import { Outbox } from './outbox.js';
import { Reader } from './reader.js';
import { SocketTable } from './socket-table.js';

const TABLE = '/proc/self/net/tcp';
/** However many sockets other programs have. */
const LONG = 1 << 25;
const skip = existsSync(TABLE) ? false : 'this system does not show its sockets';

/** What this process has computed, in ms: other programs, however many, do not let this clock go on. */
function computed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A table that tells how often it was looked at. */
class Counted extends SocketTable {
  constructor(now?: () => number) {
    super(TABLE, LONG, now);
  }

  readonly looks = new EventEmitter();
  count = 0;

  override async look(): Promise<Buffer | undefined> {
    const rows = await super.look();
    this.looks.emit('look', ++this.count);
    return rows;
  }

  async until(count: number): Promise<void> {
    while (this.count < count) await once(this.looks, 'look');
  }
}

/** The two ends of a connection on this machine; the client's reads nothing yet. */
async function pair(t: Test, host: string): Promise<{ server: Socket; client: Socket }> {
  const listener = createServer().listen(0, host);
  await once(listener, 'listening');
  const accepted = once(listener, 'connection');
  // A socket that is not paused before it is connected has read something before anybody asks for it.
  const client = connect({ port: (listener.address() as { port: number }).port, host: '127.0.0.1' }).pause();
  const [server] = (await accepted) as [Socket];
  t.teardown(() => {
    server.destroy();
    client.destroy();
    listener.close();
  });
  return { server, client };
}

function outbox(stream: Socket, sockets: SocketTable): Outbox {
  const never = () => {};
  // Its clock goes on when it is asked. On a busy machine three seconds pass in a few looks: then messages would go by the
  // clock.
  let asked = 0;
  const limits = { pace: 5, maxWaiting: 1e6, behind: 1e6, sockets, now: () => ++asked };
  const budget = new Budget(1e9);
  const events = { slow: never, overflow: never, idle: never, failed: never, account: new Account(budget) };
  return new Outbox(stream, limits, budget, events);
}

const TEXTS = ['{"n":1}', '{"n":2,"x":"y"}', '{"n":3}'];

for (const host of ['127.0.0.1', '::ffff:127.0.0.1'])
  t.test(`a message leaves when its reader has read the one before: ${host}`, { skip }, async (t) => {
    const { server, client } = await pair(t, host);
    const table = new Counted();
    const box = outbox(server, table);
    for (const text of TEXTS) box.send(Buffer.from(text));
    await table.until(5);
    t.equal(
      await Reader.of(server, table)?.unread(),
      TEXTS[0]?.length,
      'the first one is all that was written',
    );
    const reads: string[] = [];
    client.on('data', (bytes) => reads.push(String(bytes)));
    client.resume();
    while (reads.length < TEXTS.length) await once(client, 'data');
    t.same(reads, TEXTS, 'each read has one message');
  });

t.test('where the sockets are not shown, the clock counts', async (t) => {
  const { server, client } = await pair(t, '127.0.0.1');
  const box = outbox(server, new SocketTable('/nowhere'));
  for (const text of TEXTS) box.send(Buffer.from(text));
  const all = TEXTS.join('').length;
  while (server.bytesWritten < all) await new Promise(setImmediate);
  client.resume();
  t.pass('all was written though nothing was read');
});

t.test('what is no socket has no reader that could be seen', async (t) => {
  t.equal(Reader.of(new PassThrough(), new SocketTable()), undefined);
});

/** More than any machine looks before it may not look for a while. */
const MOST = 100_000;

t.test('looking has a bound', { skip }, async (t) => {
  // By the time of the day a busy machine would let it look on: little of that time is computed by the look.
  const table = new Counted(computed);
  let looks = 0;
  // A moment later it may be looked at again.
  for (; table.canLook && looks < MOST; looks++) await table.look();
  t.ok(looks > 0);
  t.ok(looks < MOST, `${looks} looks`);
});

t.test('a table that is too long is not looked at again for a while', { skip }, async (t) => {
  const table = new SocketTable(TABLE, 64);
  t.ok(table.canLook);
  t.equal(await table.look(), undefined);
  t.notOk(table.canLook);
});
