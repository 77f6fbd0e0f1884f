import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import { networkOf } from '../net/network.js';

/** Failures, leaking away with time. */
class Bucket {
  private failures = 0;
  private at = 0;
  private readonly leak: number;

  /** @param leak after how many ms one failure is forgotten */
  constructor(leak: number) {
    this.leak = leak;
  }

  level(now: number): number {
    return Math.max(0, this.failures - (now - this.at) / this.leak);
  }

  /** One failure more, up to a level: else a client that goes on for hours would be held back for hours. */
  add(now: number, most: number): void {
    this.failures = Math.min(this.level(now) + 1, most);
    this.at = now;
  }
}

/** How failures under one key hold back the logins under it. Times in ms. */
interface Rule {
  /** How many failures cost nothing, as a multiple of `--login-failures`. */
  readonly free: number;
  /** After how long one failure is forgotten: then, one more costs nothing. */
  readonly leak: number;
  /** The longest that a login waits. */
  readonly longest: number;
}

const CONNECTION: Rule = { free: 1, leak: 3000, longest: 30_000 };
const PAIR: Rule = { free: 1, leak: 3000, longest: 6000 };
const NETWORK: Rule = { free: 4, leak: 1000, longest: 6000 };
const ACCOUNT: Rule = { free: 4, leak: 1000, longest: 6000 };

/** Accounts and networks share this number of buckets: nothing is ever forgotten to make room. */
const BUCKETS = 65_536;

/**
 * Holds back logins after many failures. Nobody is locked out, and nobody is turned away: the right password works,
 * only later. A person who mistypes never gets that far. Accounts that do not exist count as those that do: otherwise
 * the delays would tell which accounts exist.
 *
 * failures counted for  | held back                           | N = --login-failures are free | at most for
 * ----------------------|-------------------------------------|-------------------------------|------------
 * the connection        | a client that goes on and on        | N, then one in 3 s            | 30 s
 * account and network   | guessers at one account             | N, then one in 3 s            | 6 s
 * the network           | a guesser at many accounts          | 4 N, then one in 1 s          | 6 s
 * the account           | guessers in many networks           | 4 N, then one in 1 s          | 6 s
 *
 * 1. A network is an IPv4 address, or 64 bits of IPv6. A proxy that does not say whom it speaks for, and a school
 *    behind one address, are one network for all their users: they wait 6 s at the worst.
 * 2. A network from which somebody has logged in to the account before is held back neither by the account's failures
 *    in other networks, nor by its own failures for other accounts.
 * 3. A login under way counts as failed for its account until its outcome is known. Without that many guesses at once
 *    would all be free.
 * 4. An id below 1 is no guess, as no account can have it: it counts nowhere. Programs log in with one to hear when all
 *    that they sent before has been handled.
 */
export class Attempts {
  private readonly connections = new WeakMap<Connection, Bucket>();
  private readonly buckets: Bucket[] = [];
  private readonly underWay = new Map<string, Set<Attempt>>();
  /**
   * For each bucket of an account and network the last one that logged in, as a hash: a new one replaces an old one.
   */
  private readonly known = new Uint32Array(BUCKETS);
  private readonly free: number;
  private readonly now: () => number;
  private readonly seed: number;

  /**
   * @param free how many failures in a row cost nothing; 0 turns the limit off
   * @param now a clock, in ms
   * @param seed which keys share a bucket: nobody outside may know it
   */
  constructor(free: number, now = () => performance.now(), seed = randomInt(2 ** 32)) {
    this.free = free;
    this.now = now;
    this.seed = seed;
  }

  /**
   * A guess at the password of an account, from its beginning to its end: it is looked at when it has waited.
   * `look` says by `fail` or `succeed` what came of it. Resolves and rejects as `look` does.
   */
  async guess<T>(
    connection: Connection,
    account: number | string,
    look: (attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const attempt = this.begin(connection, account);
    try {
      if (attempt.wait > 0) await delay(attempt.wait, undefined, { ref: false });
      return await look(attempt);
    } finally {
      attempt.end();
    }
  }

  /** A login to an account, by its id, or by a name that no account has, begins; its `end` must follow. */
  begin(connection: Connection, account: number | string): Attempt {
    const attempt = new Attempt(
      this,
      connection,
      typeof account === 'number' ? `${account}` : folded(account),
    );
    attempt.isGuess = this.free > 0 && !(typeof account === 'number' && account < 1);
    if (!attempt.isGuess) return attempt;
    this.enter(attempt);
    attempt.wait = this.waitOf(attempt);
    return attempt;
  }

  /** The password of a login was wrong, or there is no such account. */
  fail(attempt: Attempt): void {
    if (!attempt.isGuess) return;
    const now = this.now();
    const own = this.connections.get(attempt.connection) ?? new Bucket(CONNECTION.leak);
    this.connections.set(attempt.connection, own);
    for (const [bucket, rule] of [[own, CONNECTION] as const, ...this.sharedBuckets(attempt)])
      bucket.add(now, this.free * rule.free + rule.longest / rule.leak);
  }

  /** The password was right: from now on this account is known in this network. */
  succeed({ pair }: Attempt): void {
    this.known[this.place(pair)] = this.hash(`known ${pair}`);
  }

  /** A login is over, whatever came of it. */
  end(attempt: Attempt): void {
    for (const key of [attempt.pair, attempt.account]) {
      const others = this.underWay.get(key);
      others?.delete(attempt);
      if (others?.size === 0) this.underWay.delete(key);
    }
  }

  private enter(attempt: Attempt): void {
    for (const key of [attempt.pair, attempt.account]) {
      const others = this.underWay.get(key) ?? new Set<Attempt>();
      this.underWay.set(key, others.add(attempt));
    }
  }

  private waitOf(attempt: Attempt): number {
    const now = this.now();
    const failures = this.connections.get(attempt.connection)?.level(now) ?? 0;
    const own = this.wait(CONNECTION, failures + 1);
    const others = this.shared(attempt).map(([key, rule]) => {
      const level = this.buckets[this.place(key)]?.level(now) ?? 0;
      return this.wait(rule, level + (this.underWay.get(key)?.size ?? 1));
    });
    return Math.max(own, ...others);
  }

  private wait({ free, leak, longest }: Rule, level: number): number {
    return Math.min(Math.max(0, level - this.free * free) * leak, longest);
  }

  /** The keys that an attempt shares with others and is held back for. */
  private shared(attempt: Attempt): readonly (readonly [key: string, rule: Rule])[] {
    return this.isKnown(attempt) ? [[attempt.pair, PAIR]] : keysOf(attempt);
  }

  private isKnown({ pair }: Attempt): boolean {
    return this.known[this.place(pair)] === this.hash(`known ${pair}`);
  }

  private sharedBuckets(attempt: Attempt): (readonly [Bucket, Rule])[] {
    return keysOf(attempt).map(([key, rule]) => {
      const place = this.place(key);
      this.buckets[place] ??= new Bucket(rule.leak);
      return [this.buckets[place], rule] as const;
    });
  }

  /** The bucket of a key; nobody outside can tell which others share it. */
  private place(key: string): number {
    return this.hash(key) % BUCKETS;
  }

  private hash(key: string): number {
    let hash = this.seed;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    return (hash ^ (hash >>> 15)) >>> 0;
  }
}

/** The longest part of a name that is looked at, in characters: no account has such a long one. */
const LONGEST_NAME = 64;

/**
 * The key of a name that no account has. Databases take names for equal that differ by case, accents and blanks at the
 * end: were each spelling counted by itself, such names would be told from those that accounts have.
 */
function folded(name: string): string {
  const plain = name.slice(0, LONGEST_NAME).normalize('NFKD').replace(/\p{M}/gu, '');
  return `name ${plain.toLowerCase().trimEnd()}`;
}

/** The keys that a login shares with others, each with its rule. */
function keysOf({ pair, account, network }: Attempt): (readonly [key: string, rule: Rule])[] {
  return [
    [pair, PAIR],
    [network, NETWORK],
    [account, ACCOUNT],
  ];
}

/** One login: how long it is held back, and what came of it. */
export class Attempt {
  readonly connection: Connection;
  readonly pair: string;
  readonly account: string;
  readonly network: string;
  /** How long it must wait before it is looked at, in ms. */
  wait = 0;
  /** Whether its failure counts. */
  isGuess = true;

  private readonly attempts: Attempts;

  constructor(attempts: Attempts, connection: Connection, account: string) {
    const network = networkOf(connection.address);
    this.attempts = attempts;
    this.connection = connection;
    this.pair = `${account} ${network}`;
    this.account = `account ${account}`;
    this.network = `network ${network}`;
  }

  fail(): void {
    this.attempts.fail(this);
  }

  succeed(): void {
    this.attempts.succeed(this);
  }

  end(): void {
    this.attempts.end(this);
  }
}

/** Compares in a time that tells nothing about where, or by how much, the two differ. */
export function samePassword(stored: string, given: string): boolean {
  return timingSafeEqual(digest(stored), digest(given));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
