import { connect } from 'node:net';
import { LAST } from './model.js';

/*
 * model.c for a system without a compiler, called in the same way. Its clients share one process, so that each
 * of them is slower to read: it finds failures where the original client would still live.
 */
const READ = 1024;

function isOneDocument(bytes: Uint8Array, count: number): boolean {
  try {
    JSON.parse(Buffer.from(bytes.subarray(0, count)).toString());
    return count < READ;
  } catch {
    return false;
  }
}

function client(port: number, id: number): void {
  let [reads, failures, tail] = [0, 0, ''];
  const callback = (count: number, bytes: Uint8Array): boolean => {
    if (!isOneDocument(bytes, count)) failures++;
    if (reads++ === 0) console.log('ready');
    const text = tail + Buffer.from(bytes.subarray(0, count)).toString('latin1');
    tail = text.slice(1 - LAST.length);
    if (!text.includes(LAST)) return true;
    console.log(`${reads} ${failures}`);
    socket.destroy();
    return false;
  };
  const onread = { buffer: Buffer.allocUnsafeSlow(READ), callback };
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
  socket.write(`${JSON.stringify({ id, msgid: 1, password: 'pw' })}\0`);
}

const [port, firstId, clients] = process.argv.slice(2);
while (port === 'spin');
for (let n = 0; n < Number(clients); n++) client(Number(port), Number(firstId) + n);
