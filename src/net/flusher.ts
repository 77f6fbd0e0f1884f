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

function flushAll(): void {
  flushing = true;
  // A flush may add another one: that is done in the same turn.
  while (waiting.length > 0) {
    const targets = waiting;
    waiting = [];
    for (const target of targets) flush(target);
  }
  flushing = false;
}

/** One that throws keeps no other from being flushed, now or ever after. */
function flush(target: Flushable): void {
  try {
    target.flush();
  } catch (error) {
    unexpected(error, 'a write');
  }
}
