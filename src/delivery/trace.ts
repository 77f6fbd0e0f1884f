import { createHash } from 'node:crypto';
import type { Log } from '../ops/log.js';
import type { Outcome } from '../ops/metrics.js';

/** The place of a message on its way. */
export type Place =
  | 'came from another node'
  | 'came on the channel of its user'
  | 'waits for its user'
  | 'came back, and waits before all others'
  | 'goes to the node of its user'
  | 'is published'
  | 'was received on the channel of its user'
  | 'goes into the database'
  | 'is in the database'
  | 'was read from the database'
  | 'is deleted from the database'
  | 'goes to the connection of its user'
  | 'has left for the client';

/** Tells the place of a message. Its text is never told. */
export type Trace = (place: Place, userid: number, message: Buffer | string) => void;

/**
 * Writes the way of each message into the log, when that is asked for by `--log-level trace`. A message has the same
 * number in all nodes: it is made of its bytes.
 *
 * @returns undefined when nobody asks for it: then it costs nothing
 */
export function tracer(log: Log): Trace | undefined {
  if (!log.isLevelEnabled('trace')) return undefined;
  return (place, userid, message) => {
    const bytes = Buffer.byteLength(message);
    // A mark has no bytes, and is no message of anybody.
    if (bytes > 0) log.trace({ userid, message: numberOf(message), bytes }, `message ${place}`);
  };
}

/** The places that are an outcome for the program around the server. */
const OUTCOMES: Readonly<Partial<Record<Place, Outcome>>> = {
  'goes to the connection of its user': 'here',
  'goes to the node of its user': 'elsewhere',
  'was received on the channel of its user': 'elsewhere',
  'is in the database': 'stored',
};

/**
 * The same, and tells somebody else where each message went.
 *
 * @param tell never throws
 */
export function toldOf(
  trace: Trace | undefined,
  tell: ((userid: number, outcome: Outcome, message: Buffer | string) => void) | undefined,
): Trace | undefined {
  if (tell === undefined) return trace;
  return (place, userid, message) => {
    trace?.(place, userid, message);
    const outcome = OUTCOMES[place];
    if (outcome !== undefined && Buffer.byteLength(message) > 0) tell(userid, outcome, message);
  };
}

function numberOf(message: Buffer | string): string {
  return createHash('sha256').update(message).digest('hex').slice(0, 12);
}
