import type { Socket } from 'node:net';
import { guarded, unexpected } from './guard.js';
import type { InTurn } from './in-turn.js';

const WHERE = 'the first words of a client';

/** The work with the first bytes of a client. */
export interface FirstWords {
  /** Whether nothing is missing of these bytes, or they are wrong already. */
  isWhole(bytes: Buffer): boolean;
  /** The client comes in. Its bytes wait in the socket. */
  enter(): void;
  /** It has left before. @param said whether it has said anything */
  left(said: boolean): void;
}

/**
 * Keeps the first bytes of a client until they are whole, and lets the client in when its turn comes. Without that each
 * read would begin work that costs much, and one turn of the event loop may have thousands of reads.
 */
export function hear(socket: Socket, turns: InTurn, { isWhole, enter, left }: FirstWords): void {
  let bytes: Buffer = Buffer.alloc(0);
  const forget = () => {
    socket.off('data', read).off('end', leave);
    socket.pause();
  };
  const read = (chunk: Buffer) => {
    try {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      if (!isWhole(bytes)) return;
      forget();
      socket.unshift(bytes);
      turns.add(() => {
        if (!socket.destroyed) enter();
      });
    } catch (error) {
      unexpected(error, WHERE);
      socket.destroy();
    }
  };
  const leave = guarded(WHERE, () => {
    forget();
    socket.destroy();
    left(bytes.length > 0);
  });
  // Nobody else may hear of its errors yet: one that nobody hears of would end this process.
  socket.on('error', () => socket.destroy());
  // A reader before this one has paused it.
  socket.on('data', read).on('end', leave).resume();
}
