#!/usr/bin/env node
import { version } from '../ops/package.js';
import { printableLines } from '../text/printable.js';
import { readOrder, usage, WrongUse } from './arguments.js';
import { load } from './load/load.js';
import { record } from './record/record.js';
import { shadow } from './shadow/shadow.js';
import { test } from './suite.js';

/** Could not be tested, or asked for in a way that means nothing. */
const NOT_TESTED = 2;

async function main(args: readonly string[]): Promise<number> {
  const order = readOrder(args);
  if (order.do === 'help') console.log(usage());
  if (order.do === 'version') console.log(version());
  if (order.do === 'load') return await load(order.place, order.settings);
  if (order.do === 'record') return await record(order.file, order.settings);
  if (order.do === 'shadow') return await shadow(order.settings);
  return order.do === 'test' ? await test(order.place, order.settings) : 0;
}

/** Standard output may be a pipe whose reader has gone. */
process.stdout.on('error', () => process.exit(NOT_TESTED));

await main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    const hint = error instanceof WrongUse ? '\nmore: chat-compat --help' : '';
    process.stderr.write(`chat-compat: ${printableLines(error.message, 1000)}${hint}\n`);
    process.exitCode = NOT_TESTED;
  },
);
