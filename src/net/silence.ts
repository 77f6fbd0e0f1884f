import type { Socket } from 'node:net';
import { guarded } from './guard.js';

/** A stream that tells how many bytes have come. */
type Readable = Pick<Socket, 'bytesRead'>;

/**
 * How long a last look takes, in ms. A process that was frozen finds its timers due before it has read the bytes that
 * came meanwhile, or even sent the question that they answer.
 */
const GRACE = 100;

/** Calls `silent` when nothing comes for a last moment, else `otherwise`. */
export function ifSilent(stream: Readable, silent: () => void, otherwise = () => {}): NodeJS.Timeout {
  const before = stream.bytesRead;
  const look = () => (stream.bytesRead === before ? silent() : otherwise());
  return setTimeout(guarded('a timer', look), GRACE);
}

/**
 * Calls `late` when `ms` have passed and nothing comes any more.
 *
 * @returns calls it off
 */
export function whenLate(stream: Readable, ms: number, late: () => void): () => void {
  const begin = () => {
    timer = setTimeout(() => {
      timer = ifSilent(stream, late, begin);
    }, ms);
  };
  let timer: NodeJS.Timeout | undefined;
  begin();
  return () => clearTimeout(timer);
}
