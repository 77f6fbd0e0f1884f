import { unexpected } from './guard.js';

/** Something that has gathered output during one turn of the event loop. */
export interface Flushable {
  flush(): void;
}

let waiting: Flushable[] = [];
let flushing = false;

/** Calls `flush` once all input of this turn of the event loop has been handled: one write for all of it. */
export function flushLater(target: Flushable): void {
  if (waiting.push(target) === 1 && !flushing) setImmediate(flushAll);
}

/**
 * At most 1,000 write in one turn of the event loop: a message to a group of 5,000 who are live here would hold up
 * everybody for 60 to 90 ms.
 */
const MOST = 1000;

function flushAll(): void {
  flushing = true;
  // A flush may add another one: that is done in the same turn.
  for (let left = MOST; waiting.length > 0 && left > 0; ) {
    const targets = waiting;
    waiting = targets.splice(left);
    left -= targets.length;
    for (const target of targets) flush(target);
  }
  flushing = false;
  if (waiting.length > 0) setImmediate(flushAll);
}

/** One that throws keeps no other from being flushed, now or ever after. */
function flush(target: Flushable): void {
  try {
    target.flush();
  } catch (error) {
    unexpected(error, 'a write');
  }
}
