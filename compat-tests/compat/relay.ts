import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A relay in front of a server. */
export interface Relay {
  readonly port: number;
  /** Ends it, with all connections. */
  close(): void;
}

/** Passes on what clients say, and what the server says as `change` makes it of each read: one of its writes, mostly. */
export function breaking(to: number, change: (text: string) => string): Promise<Relay> {
  return relaying(to, (client, bytes) => {
    if (bytes === undefined) client.end();
    else client.write(change(bytes.toString('utf8')));
  });
}

/** Passes on what clients say, and hands over what the server says to each; undefined: it has ended. */
async function relaying(
  to: number,
  pass: (client: Socket, bytes: Buffer | undefined) => void,
): Promise<Relay> {
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
    server.on('data', (bytes) => pass(client, bytes));
    server.on('end', () => pass(client, undefined));
    client.on('close', () => server.destroy());
    server.on('close', (hadError) => hadError && client.destroy());
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

/** A relay that holds what the server says until it may go on. */
export interface SlowRelay extends Relay {
  /** How many bytes of the server are held. */
  held(): number;
  /** Lets the held bytes go on, and all that come. */
  go(): void;
}

/** Passes on what clients say at once, and what the server says when it is told to. */
export async function slow(to: number): Promise<SlowRelay> {
  const held: { readonly client: Socket; readonly bytes: Buffer | undefined }[] = [];
  let isGoing = false;
  const pass = (client: Socket, bytes: Buffer | undefined) => {
    if (!isGoing) held.push({ client, bytes });
    else if (bytes === undefined) client.end();
    else client.write(bytes);
  };
  const relay = await relaying(to, pass);
  return {
    ...relay,
    held: () => held.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0),
    go: () => {
      isGoing = true;
      for (const { client, bytes } of held.splice(0)) pass(client, bytes);
    },
  };
}
