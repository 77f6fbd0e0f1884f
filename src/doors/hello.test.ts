import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { connect } from 'node:tls';
import t from 'tap';
import { isWholeHello } from './hello.js';

/** The first bytes of a client of TLS. */
async function hello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  connect({ port, host: '127.0.0.1' }).on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  server.close();
  return bytes;
}

/** The same handshake in records of at most `size` bytes. */
function inRecords(bytes: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 5; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    parts.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(parts);
}

t.test('a hello is whole with its last byte, in however many records it comes', async (t) => {
  const bytes = await hello();
  for (const whole of [bytes, inRecords(bytes, 1), inRecords(bytes, 3), inRecords(bytes, 100)]) {
    const early = Array.from(whole, (_, end) => end).filter((end) => isWholeHello(whole.subarray(0, end)));
    t.same(early, []);
    t.ok(isWholeHello(whole));
    t.ok(isWholeHello(Buffer.concat([whole, Buffer.from('more')])));
  }
});

t.test('what is no hello, or never ends, is not waited for', async (t) => {
  for (const wrong of ['{', 'GET / HTTP/1.1', '\x16\x03\x01\0\0', '\x15\x03\x01\0\x02\x01\0'])
    t.ok(isWholeHello(Buffer.from(wrong, 'latin1')), JSON.stringify(wrong));
  const endless = Buffer.concat([Buffer.from([22, 3, 1, 64, 0, 1, 255, 255, 255]), Buffer.alloc(17_000)]);
  t.ok(isWholeHello(endless));
  t.notOk(isWholeHello(Buffer.alloc(0)));
});
