import type { Duplex } from 'node:stream';

/** How many streams are ended at once in one turn of the event loop, and how long the others of a turn take, in ms. */
const AT_ONCE = 100;
const SLICE = 10;

let waiting: Duplex[] = [];
let ended = 0;
let planned = false;

/**
 * Ends a stream, and reads from then on what still comes. Of very many that end together some wait for later turns of
 * the event loop: all else goes on meanwhile.
 */
export function farewell(stream: Duplex): void {
  if (!planned) {
    planned = true;
    setImmediate(nextTurn);
  }
  if (ended < AT_ONCE && waiting.length === 0) end(stream);
  else waiting.push(stream);
}

function end(stream: Duplex): void {
  ended++;
  stream.end();
  stream.resume();
}

function nextTurn(): void {
  const until = performance.now() + SLICE;
  ended = 0;
  const rest = waiting;
  let next = 0;
  while (next < rest.length && performance.now() < until) {
    const stream = rest[next++];
    if (stream !== undefined) end(stream);
  }
  waiting = rest.slice(next);
  planned = waiting.length > 0;
  if (planned) setImmediate(nextTurn);
}
