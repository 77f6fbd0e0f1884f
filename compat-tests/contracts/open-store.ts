import type { Test } from 'tap';
import type { Store } from '../../src/store/store.js';
import type { Database } from '../harness/database.js';

/** A store that is open, and its rows seen from beside. */
export interface OpenStore {
  readonly store: Store;
  readonly database: Database;
  /** Its tables have keys that refuse a friendship or membership twice. */
  readonly keyed?: boolean;
}

/** Something that every store must do, by what it is. */
export type Contract = Record<string, (t: Test, open: OpenStore) => Promise<void>>;

/** A row of the table `user`. */
export const user = (id: number, name: string, state = 'offline') => ({ id, name, password: 'pw', state });
