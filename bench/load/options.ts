import { parseArgs } from 'node:util';

/** The arguments of the load generator. */
export interface LoadOptions {
  readonly scenarios: readonly string[];
  readonly target: string;
  readonly store: string;
  readonly seconds: number;
  readonly warmUp: number;
  readonly brief: boolean;
  readonly durable: boolean;
  readonly profile: string | undefined;
}

export const USAGE = `usage: node build/bench/load/main.js [options]
  --scenario NAME   only this one; may be given several times
  --target NAME     ours (default), node-relay, epoll-relay, or original (its path in CHAT_ORIGINAL)
  --store NAME      what ours runs on: services (default: a private MariaDB and Redis) or embedded
  --seconds N       how long each scenario is measured (default 5)
  --durable         the database is on disk, and each commit waits for it
  --brief           1 second each, and smaller numbers
  --profile FOLDER  writes CPU profiles of our server there and prints where its time went`;

/** Reads the arguments. Throws for what they cannot be. */
export function readOptions(args: readonly string[]): LoadOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string', multiple: true, default: [] },
      target: { type: 'string', default: 'ours' },
      store: { type: 'string', default: 'services' },
      seconds: { type: 'string' },
      brief: { type: 'boolean', default: false },
      durable: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  const { brief, durable } = values;
  const seconds = Number(values.seconds ?? (brief ? 1 : 5));
  if (!(seconds > 0)) throw new Error('--seconds must be a number above 0');
  if (values.store !== 'services' && values.store !== 'embedded') throw new Error(`no store ${values.store}`);
  const { scenario: scenarios, target, store, profile } = values;
  return { scenarios, target, store, seconds, warmUp: brief ? 0.3 : 1, brief, durable, profile };
}
