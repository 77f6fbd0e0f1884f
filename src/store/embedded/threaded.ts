import { ALONE, join } from '../join.js';
import { type Store, StoreUnavailable } from '../store.js';
import { asStore, type Call, isRead } from './embedded.js';
import { takeLock } from './lock.js';
import { logins, loginsHere } from './logins.js';
import { FileThread } from './thread.js';
import type { Outcome } from './thread-words.js';

/** At most this many changes go together into one transaction: each transaction waits for the disk. */
const CHANGES = 256;
/** At most this many reads go together: all who have waited for them go on in the same turn of the event loop. */
const READS = 32;

/** How long a lock of another program is waited for, in ms. */
const PATIENCE = 5000;

export interface ThreadedOptions {
  /** Path of the database file, or `:memory:`. */
  readonly file: string;
  /** For a worker: another process of the same server has opened the file before. */
  readonly shared?: boolean;
  /** The most characters that a password may have. */
  readonly passwordLength?: number;
}

/**
 * A store in one SQLite file, for a server that runs alone. A thread of its own has the file: no disk, and no other
 * program that has locked the file, stops anything else. A change that is answered is committed, and survives a kill
 * -9. Nobody is online when it is opened. Rejects, in one line, when the file is in use or cannot be used.
 */
export async function openThreaded({
  file,
  shared = false,
  passwordLength = 50,
}: ThreadedOptions): Promise<Store> {
  const release = shared ? () => {} : takeLock(file);
  const task = { file, passwordLength, patience: PATIENCE, allOffline: !shared, identity: undefined };
  const thread = await FileThread.start(task).catch((error) => {
    release();
    throw error;
  });
  const [read, change] = [lane(thread, false), lane(thread, true)];
  const asking = new Set<Promise<unknown>>();
  const ask = (call: Call) => {
    const asked = (isRead(call.name) ? read : change)(call).then(result);
    asking.add(asked);
    const done = () => asking.delete(asked);
    asked.then(done, done);
    return asked;
  };
  return {
    ...asStore(ask),
    exclusively: shared ? logins(file) : loginsHere(),
    close: async () => {
      await Promise.allSettled(asking);
      await thread.close();
      release();
    },
  };
}

/** Calls that wait while others are being done go together. Reads and changes wait only for their own kind. */
function lane(thread: FileThread, change: boolean): (call: Call) => Promise<Outcome> {
  return join<Call, Outcome>({
    lanes: 1,
    most: () => (change ? CHANGES : READS),
    together: async (calls) => (await thread.run(change, calls)) ?? calls.map(() => ALONE),
    alone: async (call) => (await thread.run(change, [call]))?.[0] ?? { bug: 'no answer' },
  });
}

function result(outcome: Outcome): unknown {
  if ('value' in outcome) return outcome.value;
  throw 'unavailable' in outcome ? new StoreUnavailable(outcome.unavailable) : new Error(outcome.bug);
}
