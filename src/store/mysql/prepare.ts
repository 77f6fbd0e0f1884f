import { setImmediate as turn } from 'node:timers/promises';
import { storable } from '../split.js';
import { type Refusal, type StoredMessage, UnstorableMessage } from '../store.js';

/** A row of `offlinemessage`, and whose part it is: the place of its message in the call. */
export interface PreparedRow {
  readonly index: number;
  readonly userid: number;
  readonly text: string;
}

export interface Prepared {
  readonly rows: readonly PreparedRow[];
  readonly refusals: readonly Refusal[];
}

type Texts = readonly string[] | UnstorableMessage;

/** How long preparing may hold the event loop, in ms. */
const SLICE = 10;

/**
 * Finds the rows for messages in a column of `limit` characters: each message once, for however many users
 * it is, and in slices of time. A message that cannot be stored is found here, so that it takes no other with it.
 */
export function preparer(limit: number): (messages: readonly StoredMessage[]) => Promise<Prepared> {
  // A message to a group may come in several calls, one after another.
  let last = new Map<string | Buffer, Texts>();

  return async (messages) => {
    const known = new Map(last);
    const rows: PreparedRow[] = [];
    const refusals: Refusal[] = [];
    let since = performance.now();
    for (const [index, { userid, message }] of messages.entries()) {
      const texts = known.get(message) ?? textsOf(message, limit);
      known.set(message, texts);
      last = new Map([[message, texts]]);
      if (texts instanceof UnstorableMessage) refusals.push({ index, reason: texts });
      else for (const text of texts) rows.push({ index, userid, text });
      if (performance.now() - since < SLICE) continue;
      await turn();
      since = performance.now();
    }
    return { rows, refusals };
  };
}

function textsOf(message: string | Buffer, limit: number): Texts {
  try {
    return storable(message, limit);
  } catch (error) {
    if (error instanceof UnstorableMessage) return error;
    throw error;
  }
}
