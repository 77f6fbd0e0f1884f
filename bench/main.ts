import { spawnSync } from 'node:child_process';

/*
 * Every benchmark once, briefly: to see that none has rotted, not to measure. Ends with 1 when one fails or
 * loses messages.
 */

const PARTS: readonly (readonly string[])[] = [
  ['micro/main.js', '--seconds', '0.05'],
  ['load/main.js', '--brief'],
  ['load/main.js', '--brief', '--store', 'embedded', '--scenario', 'group-50', '--scenario', 'stored'],
  ['compare/main.js', '--print', '--rounds', '1', '--seconds', '0.3', '--scenario', 'one-to-one-50'],
  ['scale/main.js', '--brief'],
  ['history/main.js', '--messages', '2000'],
  ['agree/main.js', '--rounds', '1', '--seconds', '1'],
  ['http/main.js', '--print', '--rounds', '1', '--seconds', '0.3'],
];

for (const [program, ...args] of PARTS) {
  console.log(`\n${program} ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [`build/bench/${program}`, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
