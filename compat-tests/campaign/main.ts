import { campaign } from './campaign.js';
import { readOptions, USAGE } from './options.js';
import { LEGEND, table } from './table.js';

/*
 * Real servers, a real database and Redis, users who write numbered messages while everything breaks, and an
 * account of every message. Ends with 1 when one was lost or came out of order, or a server ended by itself.
 */

function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  const { mode, count, seed } = options;
  console.error(`${mode} ${count}, --seed ${seed}`);
  return run(options);
}

async function run(options: ReturnType<typeof readOptions>): Promise<boolean> {
  const { rounds, troubles, examples, stored } = await campaign(options, (text) => console.error(text));
  console.log(`${table(rounds)}\n\n${LEGEND}`);
  console.log(`still stored at the end: ${stored}`);
  for (const text of [...troubles, ...examples]) console.log(text);
  return troubles.length === 0 && rounds.every(({ count }) => count.lost + count.inverted === 0);
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 2;
}
// Connections that were left to themselves would keep it alive.
process.exit();
