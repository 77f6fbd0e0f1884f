import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

/** The part of autocannon that is used: it has no types. Times in ms. */
type Autocannon = (
  options: { url: string; connections: number; duration: number; overallRate?: number },
  done: (error: Error | null, result: Result) => void,
) => { stop(): void };

export interface Result {
  readonly requests: { readonly total: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
}

/** Longer than any measurement, in seconds. */
const FOREVER = 86_400;

/** Asks a server for a page until SIGINT, then prints what autocannon has seen. */
function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { connections: { type: 'string', default: '1' }, rate: { type: 'string' } },
  });
  const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon;
  const { connections, rate } = values;
  const asking = autocannon(
    {
      url: positionals[0]!,
      connections: Number(connections),
      duration: FOREVER,
      ...(rate !== undefined && { overallRate: Number(rate) }),
    },
    (error, result) => {
      console.log(JSON.stringify(error === null ? result : { error: error.message }));
      process.exit(error === null ? 0 : 1);
    },
  );
  process.once('SIGINT', () => asking.stop());
  console.log('asking');
}

main();
