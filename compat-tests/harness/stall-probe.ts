import { readFileSync } from 'node:fs';

/*
 * Loaded into a server before it starts (--import): measures how long its event loop was held, by the CPU time of the
 * main thread, which a busy machine does not change. A timer looks every millisecond; what the thread has used since
 * the last look is how long the loop was held at most. SIGUSR2 writes the longest time, in ms, and begins anew.
 *
 * On a virtual machine the kernel counts as used what the host took from it meanwhile: that is subtracted.
 */

const FILE = `/proc/self/task/${process.pid}/schedstat`;

/** CPU time that this thread has used, in ms. */
function used(): number {
  return Number(readFileSync(FILE, 'latin1').split(' ', 1)[0]) / 1e6;
}

/** The time that the host has taken from all CPUs, in ms; Linux counts it in hundredths of a second. */
function stolen(): number {
  const [, ...columns] = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]?.split(/ +/) ?? [];
  return Number(columns[7] ?? 0) * 10;
}

/** Shorter times are of no interest to anybody, and need not be looked at more closely, in ms. */
const SHORT = 20;
/** To look at it costs more than to look at the CPU time: it is done once in so many times. */
const SELDOM = 20;

let last = used();
let lastStolen = stolen();
let looks = 0;
let longest = 0;
let asked = 0;

function look(): void {
  const now = used();
  const held = now - last;
  if (held > SHORT || ++looks % SELDOM === 0) {
    const taken = stolen();
    longest = Math.max(longest, held - (taken - lastStolen));
    lastStolen = taken;
    last = used();
    return;
  }
  longest = Math.max(longest, held);
  last = now;
}
setInterval(look, 1).unref();

process.on('SIGUSR2', () => {
  // The loop may have been held since the timer looked.
  look();
  asked++;
  process.stderr.write(`measured ${asked}: stall ${longest.toFixed(2)} ms, CPU ${used().toFixed(0)} ms\n`);
  longest = 0;
});
