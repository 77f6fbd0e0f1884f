import type { Connection } from '../net/connection.js';

/** How long one failure counts, in ms. */
const FORGET = 3000;
/** The longest that one login is held back, in ms. */
const LONGEST_WAIT = 30_000;
/** Accounts that are remembered at once; then the one that failed longest ago is forgotten. */
const MOST_ACCOUNTS = 10_000;

/** Failures, leaking away with time. */
class Bucket {
  private level = 0;
  private at = 0;

  add(failures: number, now: number): number {
    this.level = Math.max(0, this.level - (now - this.at) / FORGET) + failures;
    this.at = now;
    return this.level;
  }
}

/**
 * Holds back logins after many failures, per connection, and per account and address. Nobody is locked
 * out: the right password works, only later. A person who mistypes never gets that far.
 */
export class Attempts {
  private readonly connections = new WeakMap<Connection, Bucket>();
  private readonly accounts = new Map<string, Bucket>();
  private readonly free: number;

  /** @param free how many failures in a row cost nothing; 0 turns the limit off */
  constructor(free: number) {
    this.free = free;
  }

  /** Counts a login that begins as a failure. Returns how long it must wait, in ms. */
  begin(connection: Connection, id: number): number {
    if (this.free === 0) return 0;
    const level = this.add(connection, id, 1);
    return Math.min(LONGEST_WAIT, Math.max(0, level - this.free) * FORGET);
  }

  /** The login that began was no failure: the password was right, or there is no such account to guess at. */
  end(connection: Connection, id: number): void {
    if (this.free > 0) this.add(connection, id, -1);
  }

  private add(connection: Connection, id: number, failures: number): number {
    const now = performance.now();
    const ofConnection = this.ofConnection(connection).add(failures, now);
    return Math.max(ofConnection, this.ofAccount(connection, id).add(failures, now));
  }

  private ofConnection(connection: Connection): Bucket {
    const bucket = this.connections.get(connection) ?? new Bucket();
    this.connections.set(connection, bucket);
    return bucket;
  }

  private ofAccount(connection: Connection, id: number): Bucket {
    const key = `${id} ${connection.address}`;
    const bucket = this.accounts.get(key) ?? new Bucket();
    // Last in the map is last used.
    this.accounts.delete(key);
    this.accounts.set(key, bucket);
    const oldest = this.accounts.keys().next();
    if (this.accounts.size > MOST_ACCOUNTS && !oldest.done) this.accounts.delete(oldest.value);
    return bucket;
  }
}
