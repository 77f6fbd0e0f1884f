import type { Socket } from 'node:net';

/** Ends a connection at once (RST). One that has ended, or is ending, cannot be reset: libuv would never close it. */
export function cutOff(socket: Socket): void {
  if (socket.destroyed || socket.readableEnded || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
