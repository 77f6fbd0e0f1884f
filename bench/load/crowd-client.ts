import { enter } from './enter.js';

/*
 * One process of the crowd: logs in so many users from one loopback address, so many at a time, says so in
 * hundredths, and stays. A line `ended` is a connection that the server ended.
 */

const AT_ONCE = 64;

/** Below those that the kernel gives away. */
const FIRST_PORT = 10_000;

const [port = 0, , firstId = 0, count = 0] = process.argv.slice(2).map(Number);
const localAddress = `${process.argv[3]}`;
const part = count / 100;
let begun = 0;
let entered = 0;
let localPort = FIRST_PORT;

async function client(): Promise<void> {
  while (begun < count) {
    const line = await enter(port, firstId + begun++, { localAddress, localPort: localPort++ });
    line.onEnd = () => console.log('ended');
    if (++entered % part === 0) console.log(`${entered} entered`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, client));
// The connections keep it alive.
