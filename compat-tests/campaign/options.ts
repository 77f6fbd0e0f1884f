import { parseArgs } from 'node:util';

/** How the server runs: nodes that Redis joins, workers of one server without it, or one node on its own file. */
export type Mode = 'nodes' | 'workers' | 'embedded';

/** The Redis that joins nodes. */
export type Joined = 'alone' | 'cluster' | 'sentinel';

export interface CampaignOptions {
  readonly mode: Mode;
  readonly redis: Joined;
  /** How many nodes, or workers. */
  readonly count: number;
  readonly seconds: number;
  readonly seed: number;
  /** Names of faults; all that suit the mode when there are none. */
  readonly faults: readonly string[];
  /** Messages per second, of all senders. */
  readonly rate: number;
  readonly senders: number;
  readonly receivers: number;
  /** Originals beside the nodes of ours, and users who log in at either. */
  readonly originals: number;
  readonly guests: number;
  /** Users who read as the page for browsers does, by a WebSocket; a third of who write does so then, too. */
  readonly pages: number;
  /** Users of ChatClient who read messages with numbers; half as many write them. */
  readonly numbered: number;
  /** The program of the last node: `dist/main.js` of another version; undefined for the one that is tested. */
  readonly old: string | undefined;
  /** More options for the server. */
  readonly server: readonly string[];
}

export const USAGE = `usage: npm run campaign -- [options]
  --nodes N        so many nodes on one MariaDB and one Redis (default 2)
  --redis-cluster  the nodes on a Redis Cluster of three masters and three replicas
  --redis-sentinel the nodes on a Redis that three Sentinels watch, and its replica
  --workers N      one server with so many workers on a MariaDB, without Redis
  --embedded       one node on its embedded store
  --minutes N      how long (default 5)
  --faults A,B     only these, in turn (default: all that suit, drawn at random)
  --seed N         draws the same faults again (default: a new one, which is printed)
  --rate N         messages per second (default 1000)
  --senders N      who write (default 6)
  --receivers N    whom they write to (default 24)
  --originals N    so many originals on the same services; their path is in CHAT_ORIGINAL (default 0)
  --guests N       whom is written to and who log in at originals as well (default 8 where there are any)
  --pages N        who read as the page for browsers does; a third of the writers does so, too (default 8)
  --numbered N     who read messages with numbers (ChatClient); half as many write such (default 8)
  --old MAIN       the last node runs dist/main.js of another version: both are up together, as in an upgrade
  --server TEXT    more options for the server, in one argument`;

/** Reads the arguments. Throws for what they cannot be. */
export function readOptions(args: readonly string[]): CampaignOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '2' },
      'redis-cluster': { type: 'boolean', default: false },
      'redis-sentinel': { type: 'boolean', default: false },
      workers: { type: 'string' },
      embedded: { type: 'boolean', default: false },
      minutes: { type: 'string', default: '5' },
      faults: { type: 'string' },
      seed: { type: 'string' },
      rate: { type: 'string', default: '1000' },
      senders: { type: 'string', default: '6' },
      receivers: { type: 'string', default: '24' },
      originals: { type: 'string' },
      guests: { type: 'string', default: '8' },
      pages: { type: 'string', default: '8' },
      numbered: { type: 'string', default: '8' },
      old: { type: 'string' },
      server: { type: 'string' },
    },
  });
  const workers = values.workers !== undefined;
  const mode = values.embedded ? 'embedded' : workers ? 'workers' : 'nodes';
  const originals = values.originals === undefined ? 0 : number('originals', values.originals);
  const redis = values['redis-cluster'] ? 'cluster' : values['redis-sentinel'] ? 'sentinel' : 'alone';
  if (originals > 0 && (mode !== 'nodes' || redis !== 'alone'))
    throw new Error('--originals goes with --nodes only');
  if (redis !== 'alone' && mode !== 'nodes') throw new Error(`--redis-${redis} goes with --nodes only`);
  if (values.old !== undefined && mode !== 'nodes') throw new Error('--old goes with --nodes only');
  return {
    mode,
    redis,
    count: mode === 'embedded' ? 1 : number('count', values.workers ?? values.nodes),
    seconds: number('minutes', values.minutes) * 60,
    seed: number('seed', values.seed ?? `${1 + (Date.now() % 1_000_000_000)}`),
    faults: values.faults?.split(',') ?? [],
    rate: number('rate', values.rate),
    senders: number('senders', values.senders),
    receivers: number('receivers', values.receivers),
    originals,
    guests: originals > 0 ? number('guests', values.guests) : 0,
    pages: values.pages === '0' ? 0 : number('pages', values.pages),
    numbered: values.numbered === '0' ? 0 : number('numbered', values.numbered),
    old: values.old,
    server: values.server?.split(' ') ?? [],
  };
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} ${text} is not a number above 0`);
  return value;
}
