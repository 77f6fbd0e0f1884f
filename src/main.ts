#!/usr/bin/env node
import { tooFewFiles } from './ops/files.js';

/** Loading the program opens many files at once: where it cannot, that is said before. */
const problem = tooFewFiles();
if (problem === undefined) {
  const { run } = await import('./commands/commands.js');
  await run(process.argv.slice(2), process.env);
} else {
  console.error(`chat-server: ${problem}`);
  process.exitCode = 1;
}
