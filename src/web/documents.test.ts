import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { WebSocketServer } from 'ws';
import { upgradeHead } from '../../compat-tests/harness/upgrade.js';
import { DocumentStream } from './documents.js';
import { frameRules } from './frames.js';
import { textFrame } from './outgoing-frames.js';
import { PageSocket } from './page-socket.js';

/** A frame of a client, with a mask of zeros. */
function frame(kind: number, body = '', fin = true): Buffer {
  return Buffer.concat([
    Buffer.from([(fin ? 0x80 : 0) | kind, 0x80 | body.length, 0, 0, 0, 0]),
    Buffer.from(body),
  ]);
}
const [CONTINUED, TEXT, BINARY, PING, PONG] = [0x0, 0x1, 0x2, 0x9, 0xa];

/** It tells the test what it has told its owner. */
class Watched extends PageSocket {
  readonly seen = new EventEmitter();

  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    const isTold = super.emit(event, first, second);
    this.seen.emit(`a ${String(event)}`);
    return isTold;
  }
}

/** The two ends of a WebSocket: the client's is a bare socket. */
async function pair(
  t: Test,
): Promise<{ client: Socket; seen: EventEmitter; stream: DocumentStream; own: Socket }> {
  const sockets = new WebSocketServer({ noServer: true, WebSocket: Watched, ...frameRules(65_536) });
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  t.teardown(() => {
    client.destroy();
    server.close();
  });
  client.write(upgradeHead());
  const [request, own, head] = (await once(server, 'upgrade')) as [IncomingMessage, Socket, Buffer];
  return new Promise((resolve) =>
    sockets.handleUpgrade(request, own, head, (ws) => {
      const stream = new DocumentStream(ws, own, true);
      stream.on('error', () => {});
      resolve({ client, seen: ws.seen, stream, own });
    }),
  );
}

t.test('thousands of pongs in one read are handled over as many turns', async (t) => {
  const { client, seen, stream } = await pair(t);
  client.resume();
  let [pongs, before, most] = [0, 0, 0];
  const turn = () => {
    most = Math.max(most, pongs - before);
    before = pongs;
    if (!stream.destroyed) setImmediate(turn);
  };
  turn();
  seen.on('a pong', () => pongs++);
  client.write(Buffer.concat([...Array(3000).fill(frame(PONG)), frame(TEXT, '{}')]));
  stream.on('data', () => {});
  await once(seen, 'a message');
  most = Math.max(most, pongs - before);
  t.equal(pongs, 3000);
  t.ok(most <= 10, `${most} in a turn`);
  stream.destroy();
});

t.test('a client is told that it has documents when they do not come again, all of a write', async (t) => {
  const { client, seen, stream } = await pair(t);
  const told: number[] = [];
  // Behind the answer to the upgrade come frames without a mask: what they are, their length, and their body.
  let bytes: Buffer | undefined;
  client.on('data', (chunk: Buffer) => {
    bytes =
      bytes === undefined ? chunk.subarray(chunk.indexOf('\r\n\r\n') + 4) : Buffer.concat([bytes, chunk]);
    for (let end = 0; bytes.length >= 2; bytes = bytes.subarray(end)) {
      end = 2 + (bytes[1] ?? 0);
      if (bytes.length < end) return;
      if (bytes[0] === (0x80 | BINARY)) told.push(bytes.readUInt32BE(6));
    }
  });
  const documents = ['{"n":1}', '{"n":2}'].flatMap((text) => textFrame(Buffer.from(text)));
  let isTaken = false;
  stream.write(Buffer.concat(documents), () => {
    isTaken = true;
  });
  stream.on('data', () => {});
  client.write(frame(BINARY, '\0\0\0\x01'));
  await once(seen, 'a message');
  stream.tellHandled(7);
  while (told.length === 0) await turn();
  t.equal(isTaken, false);
  t.same(told, [0]);
  client.write(frame(BINARY, '\0\0\0\x02'));
  while (told.at(-1) !== 2) await turn();
  t.equal(isTaken, true);
});

t.test('a message in very many frames ends the connection', async (t) => {
  const { client, seen } = await pair(t);
  client.resume();
  const closed = new Promise((resolve) => seen.on('a close', resolve));
  client.write(Buffer.concat([frame(TEXT, '{', false), ...Array(500).fill(frame(CONTINUED, ' ', false))]));
  await closed;
  t.pass('it has ended');
});

t.test('pings are answered, but not to who leaves the answers unread', async (t) => {
  const { client, seen, stream, own } = await pair(t);
  client.once('data', () => client.pause());
  // The bytes that the system would take are taken by nobody here.
  own.cork();
  stream.on('data', () => {});
  client.write(Buffer.concat([...Array(2000).fill(frame(PING, 'x'.repeat(120))), frame(TEXT, '{}')]));
  await once(seen, 'a message');
  const { writableLength } = own;
  t.ok(writableLength > 1000, 'some are');
  t.ok(writableLength < 70_000, `${writableLength} bytes wait`);
});
