import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inOwnNetwork } from '../harness/apart.js';
import { campaign } from './campaign.js';
import { type CampaignOptions, readOptions, USAGE } from './options.js';
import { LEGEND, numberedLine, type Round, table } from './table.js';

/*
 * Real servers, a real database and Redis, users who write numbered messages while everything breaks, and an
 * account of every message. Ends with 1 when one was lost or came out of order, or a server ended by itself.
 */

function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2));
  return options.originals > 0 ? besideOriginals(options) : run(options);
}

/** In a network of their own, where the ports that are compiled into originals are free. */
async function besideOriginals(options: CampaignOptions): Promise<boolean> {
  if (process.env.CHAT_ORIGINAL === undefined) throw new Error('CHAT_ORIGINAL is not set');
  if (process.env.OWN_NETWORK !== undefined) return run(options);
  const [command, args] = inOwnNetwork([
    ...process.execArgv,
    ...process.argv.slice(1),
    '--seed',
    `${options.seed}`,
  ]);
  const inside = spawn(command, args, { stdio: 'inherit', env: { ...process.env, OWN_NETWORK: '1' } });
  const [status] = await once(inside, 'close');
  return status === 0;
}

async function run(options: CampaignOptions): Promise<boolean> {
  const { mode, count, seed } = options;
  console.error(`${mode} ${count}, --seed ${seed}`);
  const { rounds, troubles, examples, stored, deaths } = await campaign(options, (text) =>
    console.error(text),
  );
  console.log(`${table(rounds)}\n\n${LEGEND}`);
  if (options.numbered > 0) console.log(numberedLine(rounds));
  console.log(`still stored at the end: ${stored}`);
  if (options.originals > 0) console.log(`originals that died or went deaf by themselves: ${deaths}`);
  for (const text of [...troubles, ...examples]) console.log(text);
  return troubles.length === 0 && rounds.every(isGood);
}

/** Nothing is lost or out of order; who drops what has a name or a number and has come before shows nothing twice. */
function isGood({ own, pages, named, numbered, undropped }: Round): boolean {
  const all = [own, pages, named, numbered, undropped];
  return all.every(({ lost, inverted }) => lost + inverted === 0) && named.twice + numbered.twice === 0;
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
