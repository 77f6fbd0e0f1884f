import type { Socket } from 'node:net';
import { guarded, unexpected } from './guard.js';
import type { InTurn } from './in-turn.js';

const WHERE = 'the first words of a client';
const NOTHING: Buffer = Buffer.alloc(0);

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
  let bytes = NOTHING;
  const forget = () => {
    bytes = NOTHING;
    socket.off('data', read).off('end', leave);
    socket.pause();
  };
  const read = (chunk: Buffer) => {
    try {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      if (!isWhole(bytes)) return;
      const said = bytes;
      forget();
      socket.unshift(said);
      turns.add(() => {
        if (!socket.destroyed) enter();
      });
    } catch (error) {
      unexpected(error, WHERE);
      socket.destroy();
    }
  };
  const leave = guarded(WHERE, () => {
    const said = bytes.length > 0;
    forget();
    socket.destroy();
    left(said);
  });
  // Nobody else may hear of its errors yet: one that nobody hears of would end this process.
  socket.on('error', destroyIt);
  // A reader before this one has paused it.
  socket.on('data', read).on('end', leave).resume();
}

/** One function for all: it stays with each socket for as long as that is open, and keeps nothing else. */
function destroyIt(this: Socket): void {
  this.destroy();
}
