import { MORE } from '../protocol/numbers.js';
import { BEYOND, RESULTS } from '../protocol/verbs.js';
import type { DialectFile, VerbFile } from './file.js';

/** Why it is refused, in words; `seq` tells which request it answers. */
const TOLD: VerbFile = {
  results: {
    ...Object.fromEntries(RESULTS.map((result) => [result, { echo: { seq: 'seq' } }])),
    refused: { errmsg: '{reason}', echo: { seq: 'seq' } },
  },
};

/** The numbers of all that the original does not have, and how each answer is written. */
export const MORE_NUMBERS = {
  ...MORE,
  verbs: Object.fromEntries([...BEYOND].map((reply) => [reply, TOLD])),
} satisfies Pick<DialectFile, 'requests' | 'replies' | 'verbs'>;

/** Whether a verb of a file is only for clients that ask for more than those of forks do. */
export function isMore(key: keyof typeof MORE_NUMBERS, verb: string, said: unknown): boolean {
  if (BEYOND.has(verb)) return true;
  return key !== 'verbs' && verb === 'heartbeat' && said === MORE_NUMBERS[key].heartbeat;
}
