import { randomInt } from 'node:crypto';
import type { Connection } from '../net/connection.js';

/** How long one failure counts, in ms. */
const FORGET = 3000;
/** The longest that a login is held back for what its own connection did, in ms. */
const LONGEST_WAIT = 30_000;
/** The same for what others did from its address: its owner may be among them, and waits as long. */
const LONGEST_SHARED_WAIT = 6000;
/** Accounts and addresses share so many buckets: nothing is ever forgotten to make room. */
const BUCKETS = 16_384;

/** Failures, leaking away with time. */
class Bucket {
  private failures = 0;
  private at = 0;

  level(now: number): number {
    return Math.max(0, this.failures - (now - this.at) / FORGET);
  }

  /** One failure more, up to a level: who goes on for long is not kept out for longer. */
  add(now: number, most: number): void {
    this.failures = Math.min(this.level(now) + 1, most);
    this.at = now;
  }
}

/**
 * Holds back logins after many failures, per connection, and per account and address. Nobody is locked
 * out: the right password works, only later, and soon when it comes on a connection of its own. A person who
 * mistypes never gets that far.
 *
 * What is under way counts as failed until it is known: many guesses at once are no way around.
 */
export class Attempts {
  private readonly connections = new WeakMap<Connection, Bucket>();
  private readonly accounts: Bucket[] = [];
  private readonly underWay = new Map<string, number>();
  private readonly seed = randomInt(2 ** 32);
  private readonly free: number;

  /** @param free how many failures in a row cost nothing; 0 turns the limit off */
  constructor(free: number) {
    this.free = free;
  }

  /** A login begins; `end` must follow. Returns how long it must wait before it is looked at, in ms. */
  begin(connection: Connection, id: number): number {
    if (this.free === 0) return 0;
    const key = keyOf(connection, id);
    const underWay = (this.underWay.get(key) ?? 0) + 1;
    this.underWay.set(key, underWay);
    const now = performance.now();
    const own = (this.connections.get(connection)?.level(now) ?? 0) + 1;
    const shared = (this.accounts[this.place(key)]?.level(now) ?? 0) + underWay;
    return Math.max(this.wait(own, LONGEST_WAIT), this.wait(shared, LONGEST_SHARED_WAIT));
  }

  /** The password of a login that began was wrong. Not for accounts that do not exist: nobody can guess at them. */
  fail(connection: Connection, id: number): void {
    if (this.free === 0) return;
    const now = performance.now();
    const own = this.connections.get(connection) ?? new Bucket();
    this.connections.set(connection, own);
    own.add(now, this.free + LONGEST_WAIT / FORGET);
    const place = this.place(keyOf(connection, id));
    this.accounts[place] ??= new Bucket();
    this.accounts[place].add(now, this.free + LONGEST_SHARED_WAIT / FORGET);
  }

  /** A login that began is over, whatever came of it. */
  end(connection: Connection, id: number): void {
    const key = keyOf(connection, id);
    const others = (this.underWay.get(key) ?? 0) - 1;
    if (others > 0) this.underWay.set(key, others);
    else this.underWay.delete(key);
  }

  private wait(level: number, longest: number): number {
    return Math.min(Math.max(0, level - this.free) * FORGET, longest);
  }

  /** The bucket of an account and address; nobody outside can tell which others share it. */
  private place(key: string): number {
    let hash = this.seed;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    return ((hash ^ (hash >>> 15)) >>> 0) % BUCKETS;
  }
}

function keyOf(connection: Connection, id: number): string {
  return `${id} ${connection.address}`;
}
