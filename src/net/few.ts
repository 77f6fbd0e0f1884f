import type { Socket } from 'node:net';

/** Connections to the admin port at a time: they are among the files that the program keeps for itself. */
const MOST = 64;

/** Takes each new connection: when there are too many, the oldest has to go. So nobody can keep others out. */
export function fewConnections(most = MOST): (socket: Socket) => void {
  const open = new Set<Socket>();
  return (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    const [oldest] = open;
    if (open.size > most) oldest?.destroy();
  };
}
