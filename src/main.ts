#!/usr/bin/env node
import { takeEarly } from './ops/early.js';
import { tooFewFiles } from './ops/files.js';

/** Node's exit status when nothing is left that a promise could be kept by: whoever waited has said nothing. */
const UNSETTLED = 13;

takeEarly();

process.on('exit', (status) => {
  if (status !== UNSETTLED) return;
  console.error(
    'chat-server: it ended before it was done, which is a fault of the program: please report it',
  );
  process.exitCode = 1;
});

/** Loading the program opens many files at once: where it cannot, that is said before. */
const problem = tooFewFiles();
if (problem === undefined) {
  const { run } = await import('./commands/commands.js');
  await run(process.argv.slice(2), process.env);
} else {
  console.error(`chat-server: ${problem}`);
  process.exitCode = 1;
}
