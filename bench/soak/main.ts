import { parseArgs } from 'node:util';
import { program } from '../load/program.js';
import { Crowd } from './crowd.js';
import { type Memory, memoryOf, verdict } from './memory.js';
import { startSoakServer } from './server.js';

/*
 * Holds many connections whose users write, leave and come back, does an hour's worth of that in less time, and
 * tells how the server's memory went. What an hour's worth is, is in crowd.ts.
 */
const USAGE = `usage: node build/bench/soak/main.js [options]
  --connections N   how many users are online (default 5000)
  --minutes N       how long it takes (default 10)
  --hours N         how many hours' worth of work is done in that time (default 1)
  --store NAME      embedded (default), or services: a private MariaDB and Redis`;

interface SoakOptions {
  readonly connections: number;
  readonly minutes: number;
  readonly hours: number;
  readonly store: string;
}

function readOptions(): SoakOptions {
  const { values } = parseArgs({
    options: {
      connections: { type: 'string', default: '5000' },
      minutes: { type: 'string', default: '10' },
      hours: { type: 'string', default: '1' },
      store: { type: 'string', default: 'embedded' },
    },
  });
  const { store } = values;
  const [connections = 0, minutes = 0, hours = 0] = [values.connections, values.minutes, values.hours].map(
    Number,
  );
  if (!(connections >= 100 && minutes > 0 && hours > 0)) throw new Error('a number is too small');
  if (store !== 'embedded' && store !== 'services') throw new Error(`no store ${store}`);
  return { connections, minutes, hours, store };
}

/** Returns the memory after each hundredth of the work, and prints it on the way. */
async function soak({ connections, minutes, hours, store }: SoakOptions): Promise<Memory[]> {
  const server = await startSoakServer(store);
  try {
    const crowd = await Crowd.gather(server, connections);
    console.error(`${connections} users are online at process ${server.pid}`);
    console.log('| done | RSS | anonymous | by malloc | messages | heard | leaves |');
    console.log('| --- | --- | --- | --- | --- | --- | --- |');
    const samples: Memory[] = [];
    await crowd.work(hours, minutes * 60, (percent) => {
      const memory = memoryOf(server.pid);
      samples.push(memory);
      console.log(row(percent, memory, crowd));
    });
    return samples;
  } finally {
    await server.stop();
  }
}

function row(
  percent: number,
  { rss, anonymous, malloc }: Memory,
  { messages, heard, leaves }: Crowd,
): string {
  return `| ${[`${percent} %`, mb(rss), mb(anonymous), mb(malloc), messages, mb(heard), leaves].join(' | ')} |`;
}

function mb(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

await program(USAGE, async () => {
  const { text, flat } = verdict(await soak(readOptions()));
  console.log(`\n${text}`);
  if (!flat) process.exitCode = 1;
});
