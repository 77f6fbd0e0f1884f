import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A relay in front of a server. */
export interface Relay {
  readonly port: number;
  /** Ends it, with all connections. */
  close(): void;
}

/** Passes on what clients say, and what the server says as `change` makes it of each read: one of its writes, mostly. */
export async function breaking(to: number, change: (text: string) => string): Promise<Relay> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const relay = createServer((client) => {
    const server = connect(to, '127.0.0.1');
    for (const socket of [client, server]) keep(socket);
    client.pipe(server);
    server.on('data', (bytes) => client.write(change(bytes.toString('utf8'))));
    server.on('end', () => client.end());
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      relay.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
