import { once } from 'node:events';
import { connect } from 'node:net';
import { until } from './deadline.js';

/** Resolves when something accepts connections on a port of 127.0.0.1. For programs that do not say so. */
export async function accepts(port: number): Promise<void> {
  await until(() => tryTo(port), `port ${port} to accept a connection`);
}

async function tryTo(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const accepted = once(socket, 'connect').then(
    () => true,
    () => false,
  );
  return await accepted.finally(() => socket.destroy());
}
