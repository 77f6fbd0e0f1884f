import { createServer, type Socket } from 'node:net';

/*
 * The least that a relay on node:net can do: what one connection sends is written to its partner, once per
 * read, and nobody looks at it. The first document of a connection tells who it is and who its partner is.
 */

const WELCOME = '{"errno":0}';
const sockets = new Map<number, Socket>();

function greet(socket: Socket, greeting: Buffer): void {
  const { id, toid } = JSON.parse(greeting.toString('latin1', 0, greeting.length - 1)) as Record<
    string,
    number
  >;
  sockets.set(id!, socket);
  let partner: Socket | undefined;
  socket.on('data', (bytes) => {
    partner ??= sockets.get(toid!);
    partner?.write(bytes);
  });
  socket.write(WELCOME);
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.once('data', (greeting) => greet(socket, greeting));
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())));
