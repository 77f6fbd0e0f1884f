import { readFileSync } from 'node:fs';

/*
 * Loaded into a server before it starts (--import): measures how long its event loop was held, by the CPU time of the
 * main thread, which a busy machine does not change. A timer looks every millisecond; what the thread has used since
 * the last look is how long the loop was held at most. SIGUSR2 writes the longest time, in ms, and begins anew.
 */

const FILE = `/proc/self/task/${process.pid}/schedstat`;

/** CPU time that this thread has used, in ms. */
function used(): number {
  return Number(readFileSync(FILE, 'latin1').split(' ', 1)[0]) / 1e6;
}

let last = used();
let longest = 0;
let asked = 0;
setInterval(() => {
  const now = used();
  longest = Math.max(longest, now - last);
  last = now;
}, 1).unref();

process.on('SIGUSR2', () => {
  asked++;
  process.stderr.write(`measured ${asked}: stall ${longest.toFixed(2)} ms, CPU ${used().toFixed(0)} ms\n`);
  longest = 0;
});
