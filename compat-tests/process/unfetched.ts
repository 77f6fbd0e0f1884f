import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { documentStream } from '../../src/client/stream.js';
import type { Server } from '../harness/server.js';
import { User } from '../harness/user.js';

const COUNT = 1000;
const TEXT = 'x'.repeat(1000);

/** The numbers of all messages that `withUnfetched` has sent. */
export const ALL = Array.from({ length: COUNT }, (_, n) => n);

/** Logs an account in that reads nothing, and has a thousand messages written to it. Resolves when they are. */
export async function withUnfetched(server: Server): Promise<Socket> {
  const sender = await User.connect(server);
  for (const name of ['sender', 'reader']) await sender.register(name);
  await sender.login(1);
  const reader = connect(server.port, '127.0.0.1').pause();
  reader.on('error', () => {});
  reader.write(`${JSON.stringify({ id: 2, msgid: 1, password: 'pw' })}\0`);
  await once(reader, 'readable');
  for (const n of ALL) await sender.say({ id: 1, msg: TEXT, msgid: 6, n, toid: 2 });
  await sender.settle();
  await sender.close();
  return reader;
}

/** Reads now: the numbers of the messages that come until the connection ends, in order. */
export async function fetched(reader: Socket): Promise<number[]> {
  const numbers: number[] = [];
  const cut = documentStream();
  reader.on('data', (bytes) => numbers.push(...cut(bytes).map((text) => JSON.parse(text).n)));
  await once(reader, 'close');
  // The first is the login reply.
  return numbers.slice(1);
}
