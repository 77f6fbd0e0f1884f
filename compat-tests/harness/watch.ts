import { spawnSync } from 'node:child_process';
import { watch } from 'node:fs';

/*
 * `npm run watch -- TEST...` runs this: it compiles and runs these tests again after each change of a source, until
 * it is interrupted.
 */

/** An editor writes a file in several steps; it counts as one change, in ms. */
const SETTLE = 100;

const tests = process.argv.slice(2);
// Tests beside the source need no built server.
const steps = [
  ['tsc'],
  ...(tests.every((test) => test.startsWith('src/')) ? [] : [['npm', 'run', '--silent', 'build']]),
  [process.execPath, 'build/compat-tests/harness/run.js', ...tests],
];

function run(): void {
  const isDone = ([command = '', ...args]: string[]) =>
    spawnSync(command, args, { stdio: 'inherit' }).status === 0;
  console.log(`${steps.every(isDone) ? 'passed' : 'failed'}, waiting for a change`);
}

let timer: NodeJS.Timeout | undefined;
for (const folder of ['src', 'compat-tests'])
  watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(run, SETTLE);
  });
run();
