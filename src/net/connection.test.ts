import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { aConnectionHost } from '../../compat-tests/harness/connection-host.js';
import type { Message } from '../protocol/message.js';
import { Connection } from './connection.js';
import { Turns } from './turns.js';

/** A stream whose input is pushed by hand. */
class Wire extends Duplex {
  override _read(): void {}

  override _write(_bytes: Buffer, _encoding: string, done: () => void): void {
    done();
  }
}

/** Slices of time that are never over: on a busy machine one would put off what the test looks at in the next turn. */
const hostOf = () => ({ ...aConnectionHost(100_000), turns: new Turns(() => 0) });

/** Both ends of a connection over loopback; the server's reads on when the client has ended its side. */
async function socketPair(t: Test): Promise<{ client: Socket; stream: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [stream] = (await accepted) as [Socket];
  t.teardown(() => {
    client.destroy();
    stream.destroy();
    server.close();
  });
  return { client, stream };
}

/** How long nothing was sent, in ms, how many bytes were before, and whether the client may have some to fetch. */
const QUIET = [
  [0, 100, true],
  [2000, 100, true],
  [4000, 100, false],
  [4000, 20_000, true],
  [59_000, 20_000, true],
  [61_000, 20_000, false],
] as const;

for (const [ms, bytes, waits] of QUIET)
  t.test(
    `a client that was sent ${bytes} bytes ${ms} ms ago ${waits ? 'has time' : 'needs no time'}`,
    async (t) => {
      const host = hostOf();
      const { client, stream } = await socketPair(t);
      const connection = new Connection(stream, '127.0.0.1', host);
      connection.reply(Buffer.alloc(bytes, 'x'));
      let got = 0;
      client.on('data', (chunk) => {
        got += chunk.length;
      });
      const ended = once(client, 'end');
      await connection.drained()?.next();
      host.clock.now += ms;
      connection.finish('the server stops');
      t.equal(stream.destroyed, !waits);
      await ended;
      t.equal(got, bytes, 'the client gets all in either case');
    },
  );

t.test('a client that has ended its side, and was answered, is closed at once', async (t) => {
  const { client, stream } = await socketPair(t);
  const connection = new Connection(stream, '127.0.0.1', hostOf());
  connection.reply(Buffer.alloc(100_000, 'x'));
  const closed = [once(stream, 'close'), once(client, 'close')];
  client.resume().end();
  await Promise.all(closed);
  t.equal(client.bytesRead, 100_000);
});

/** The sender of three documents when the connection ends, how it ends, and how many of them are handled. */
const CUT = [
  ['a user whose connection breaks', [1], (_: Connection, wire: Wire) => wire.destroy(new Error('reset')), 3],
  ['a stranger whose connection breaks', [], (_: Connection, wire: Wire) => wire.destroy(), 1],
  ['a user who is sent away', [1], (connection: Connection) => connection.sendAway('kicked'), 1],
] as const;

for (const [who, users, end, count] of CUT)
  t.test(
    `what ${who} had sent while its first request was under way: ${count} of 3 are handled`,
    async (t) => {
      const handled: string[] = [];
      const closed: number[] = [];
      let answer = () => {};
      const first = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const wire = new Wire();
      const connection = new Connection(wire, '127.0.0.1', {
        ...hostOf(),
        handle: (_connection: Connection, message: Message) => {
          handled.push(`${message.relay()}`);
          return handled.length === 1 ? first : undefined;
        },
        closed: () => {
          closed.push(handled.length);
        },
      });
      for (const user of users) connection.enter(user);
      const texts = [1, 2, 3].map((n) => `{"n":${n}}`);
      wire.push(texts.map((text) => `${text}\0`).join(''));
      await turn();
      end(connection, wire);
      await turn();
      answer();
      await turn();
      t.same(handled, texts.slice(0, count));
      t.same(closed, [count], 'then it is gone');
      t.same([...connection.writers], users, 'whoever writes is who was logged in');
    },
  );

t.test(
  'of strangers who begin at the same time no more are sent away than there is no room for',
  async (t) => {
    const host = hostOf();
    const { budget } = host;
    const wires = Array.from({ length: 10 }, () => new Wire());
    for (const wire of wires) new Connection(wire, '10.0.0.1', host);
    const piece = (text: string) => {
      for (const wire of wires) if (!wire.destroyed) wire.push(text);
    };
    piece(`{"msg":"${'x'.repeat(9000)}`);
    await turn();
    piece('x'.repeat(9000));
    await turn();
    const stay = wires.filter(({ destroyed }) => !destroyed);
    t.ok(stay.length >= 2, `${stay.length} stay`);
    t.ok(stay.length < wires.length, 'not all');
    t.ok(
      budget.used > budget.limit / 2 && budget.used <= budget.limit + 40_000,
      `${budget.used} bytes are kept`,
    );
    for (const wire of wires) wire.destroy();
    await turn();
    t.equal(budget.used, 0);
  },
);

t.test('of a client that waits less is read ahead when there is little room', async (t) => {
  for (const [kept, isPaused] of [
    [1 << 28, false],
    [100_000, true],
  ] as const) {
    const never = new Promise<void>(() => {});
    const stream = new Wire();
    new Connection(stream, '127.0.0.1', {
      ...aConnectionHost(kept),
      turns: new Turns(() => 0),
      handle: () => never,
    });
    stream.push(Buffer.from('{"msgid":1}'.repeat(4000)));
    await turn();
    t.equal(stream.isPaused(), isPaused, `of ${kept} bytes`);
    stream.destroy();
  }
});
