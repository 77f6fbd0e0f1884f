import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { SocketMedium } from '../../src/bus/sockets.js';
import { newFolder } from '../harness/folder.js';
import { MediumNode } from './medium-node.js';

const folder = newFolder();
t.teardown(() => folder.remove());

const aName = () => randomBytes(8).toString('hex');

function frame(bytes: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(bytes.length);
  return Buffer.concat([head, bytes]);
}

t.test('a node that closes a connection at once, as one without files does, is not dead', async (t) => {
  const name = aName();
  const taken = new Set<Socket>();
  const said: Buffer[] = [];
  let refusals = 2;
  const server = createServer((socket) => {
    if (refusals-- > 0) return socket.destroy();
    taken.add(socket);
    socket.on('data', (chunk) => said.push(chunk));
    return socket.write('!');
  });
  await once(server.listen(join(folder.path, name)), 'listening');
  const node = await MediumNode.start(t, new SocketMedium(folder.path));
  await node.back(1);
  t.same(node.gone, []);
  const [socket] = taken;
  if (socket === undefined) throw new Error('it came back to nobody');
  await node.medium.tell(name, Buffer.from('a word'));
  while (!Buffer.concat(said).includes(frame(Buffer.from('a word')))) await once(socket, 'data');
  server.close();
  socket.destroy();
  await node.until(() => node.gone.length > 0, 'the end of the node');
  t.same(node.gone, [name]);
  t.equal(node.restored, 1);
});

t.test('a node that is dead before it is heard is heard first, and then gone', async (t) => {
  const [name, dead] = [aName(), aName()];
  const medium = new SocketMedium(folder.path);
  t.teardown(() => medium.close());
  const told: string[] = [];
  const gone = new Promise<void>((resolve) => {
    const events = {
      received: () => {},
      heard: (bytes: Buffer) => told.push(`heard ${bytes}`),
      up: () => {},
      gone: (node: string) => {
        told.push(`gone ${node}`);
        resolve();
      },
      beat: () => {},
      nodes: () => [],
    };
    void medium.start(name, events).then(() => {
      const socket = createConnection(join(folder.path, name));
      socket.on('error', () => {}).resume();
      socket.end(Buffer.concat([Buffer.from(dead, 'hex'), Buffer.from('a'), Buffer.from('b')].map(frame)));
    });
  });
  await gone;
  t.same(told, ['heard a', 'heard b', `gone ${dead}`]);
});
