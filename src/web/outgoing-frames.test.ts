import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import t, { type Test } from 'tap';
import { WebSocket, WebSocketServer } from 'ws';
import { countsFrame, framesIn, textFrame } from './outgoing-frames.js';

interface Got {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** The messages that a client of WebSockets reads, until there are so many. */
async function read(t: Test, bytes: Buffer, count: number): Promise<Got[]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head) =>
    sockets.handleUpgrade(request, socket, head, () => socket.write(bytes)),
  );
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.teardown(() => {
    client.terminate();
    server.close();
  });
  const messages: Got[] = [];
  await new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('message', (data: Buffer, isBinary) => {
      if (messages.push({ data, isBinary }) === count) resolve();
    });
  });
  return messages;
}

const LENGTHS = [0, 1, 124, 125, 126, 127, 255, 256, 65_535, 65_536, 200_000];

t.test('a document of any length is one message, as a client of WebSockets reads it', async (t) => {
  const documents = LENGTHS.map((length) => Buffer.alloc(length, 'x'));
  const bytes = Buffer.concat(documents.flatMap(textFrame));
  t.equal(framesIn(bytes), LENGTHS.length);
  const messages = await read(t, bytes, LENGTHS.length);
  for (const [n, { data, isBinary }] of messages.entries()) {
    t.equal(isBinary, false);
    t.ok(documents[n]?.equals(data), `${LENGTHS[n]} bytes`);
  }
});

t.test('what is not UTF-8 is replaced; all other text is as it was', async (t) => {
  const texts = ['{"msg":"你好 😀"}', '{"msg":"\ud7ff\u0000"}'];
  const wrong = Buffer.from([0x7b, 0xff, 0xc0, 0x80, 0x7d]);
  const bytes = Buffer.concat([...texts.map((text) => Buffer.from(text)), wrong].flatMap(textFrame));
  t.same(
    (await read(t, bytes, 3)).map(({ data }) => String(data)),
    [...texts, '{\ufffd\ufffd\ufffd}'],
  );
});

t.test('counts are one message of bytes', async (t) => {
  const bytes = countsFrame(7, 0xffff_ffff);
  t.equal(framesIn(bytes), 1);
  t.same(await read(t, bytes, 1), [{ data: Buffer.from('00000007ffffffff', 'hex'), isBinary: true }]);
});
