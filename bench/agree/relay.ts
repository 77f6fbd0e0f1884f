import { createServer, type Socket } from 'node:net';

/*
 * A bare relay to which clients can register and log in: it takes every password, and from the first chat of a connection
 * on passes its bytes to that chat's receiver, unread but for the NUL behind each, which the original does not pass on
 * either. Prints its port as JSON.
 */

const sockets = new Map<number, Socket>();
let users = 0;

interface Said {
  readonly msgid: number;
  readonly id: number;
  readonly toid: number;
}

/** The answer to a request; nothing where the original gives none. */
function answer({ msgid, id }: Said, socket: Socket): string {
  if (msgid === 4) return `{"errno":0,"id":${++users},"msgid":5}`;
  if (msgid !== 1) return '';
  if (id < 0) return '{"errmsg":"id or password is invalid!","errno":1,"msgid":2}';
  sockets.set(id, socket);
  return `{"errno":0,"id":${id},"msgid":2,"name":"u"}`;
}

function pass(bytes: Buffer, to: Socket): void {
  to.cork();
  let from = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
    to.write(bytes.subarray(from, end));
    from = end + 1;
  }
  if (from < bytes.length) to.write(bytes.subarray(from));
  to.uncork();
}

const server = createServer({ noDelay: true }, (socket) => {
  let partner: Socket | undefined;
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    if (partner !== undefined) {
      pass(bytes, partner);
      return;
    }
    for (const text of bytes.toString().split('\0').filter(Boolean)) {
      const said = JSON.parse(text) as Said;
      if (said.msgid === 6) {
        partner ??= sockets.get(said.toid);
        partner?.write(text);
      } else socket.write(answer(said, socket));
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())));
