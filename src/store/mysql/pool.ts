import { StoreStuck, StoreUnavailable } from '../store.js';
import { isLimit, isLocked, isLost, isWrong, reason } from './failure.js';
import type { Hosts } from './hosts.js';
import { Link, type LinkOptions } from './link.js';
import type { Watch } from './watch.js';

export interface PoolOptions extends LinkOptions {
  readonly hosts: Hosts;
  /** The most connections. */
  readonly size: number;
  readonly watch?: Watch | undefined;
  /** Another pool of the same account: it gives one up when there is no room for the first one of this. */
  readonly beside?: Pool | undefined;
}

interface Waiter {
  readonly take: (link: Link) => void;
  readonly giveUp: (reason: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** How long to wait before asking a database again that was away, in ms. */
export const PAUSE = 50;

/** The same for one that has no room for more connections: nothing is gained by asking at every moment. */
const BRAKE = 250;

/** An error that is mended within this time, in ms, is no outage: nobody is told. */
export const OUTAGE = 1000;

/** At most this many connections find out together whether a database that was away is back. */
const PROBES = 2;

/** Connections to one database: opened when needed, kept, opened again when lost. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #idle: Link[] = [];
  readonly #waiting = new Set<Waiter>();
  /** Connections that are idle, taken, or being opened. */
  #count = 0;
  #opening = 0;
  /** How many hosts were tried since a connection could be opened. */
  #tried = 0;
  /** Since when none could be. */
  #failing: number | undefined;
  /** This many connections are given up as soon as they are given back. */
  #owed = 0;
  #closed = false;
  #failure: unknown;
  #packet = Number.POSITIVE_INFINITY;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** How many bytes the server takes in one packet, as the latest connection was told. */
  get packet(): number {
    return this.#packet;
  }

  /**
   * A connection of one's own until it is given back. Rejects with StoreUnavailable if there is none in `ms`,
   * because of what went wrong with the latest connection, or else for `why`.
   */
  take(ms: number, why?: unknown): Promise<Link> {
    const link = this.#pop();
    if (link !== undefined) return Promise.resolve(link);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        take: resolve,
        giveUp: (failure) => reject(unavailable(failure)),
        timer: setTimeout(() => this.#giveUp(waiter, this.#failure ?? why), ms),
      };
      this.#waiting.add(waiter);
      this.#grow();
    });
  }

  /** Takes a connection back, whatever has become of it. */
  give(link: Link): void {
    if (this.#isOver(link)) {
      this.#drop(link);
      this.#grow();
      return;
    }
    const [waiter] = this.#waiting;
    if (waiter === undefined) this.#idle.push(link);
    else this.#done(waiter).take(link);
  }

  /** This connection's server cannot be used: no connection to it is used again. */
  leave({ host }: Link): void {
    this.#options.hosts.leave(host);
  }

  /** Gives one connection up, now or when it is given back: another pool has none. */
  spare(): void {
    const link = this.#pop();
    if (link !== undefined) this.#drop(link);
    else if (this.#count > this.#opening) this.#owed = 1;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting) this.#giveUp(waiter, new Error('the store is closed'));
    await Promise.all(this.#idle.splice(0).map((link) => link.close()));
  }

  #pop(): Link | undefined {
    for (let link = this.#idle.pop(); link !== undefined; link = this.#idle.pop()) {
      if (!this.#isOver(link)) return link;
      this.#drop(link);
    }
    return undefined;
  }

  /** Whether a connection is not to be used any more. */
  #isOver({ broken, host }: Link): boolean {
    return broken || this.#closed || this.#owed > 0 || host.turn !== this.#options.hosts.current.turn;
  }

  #drop(link: Link): void {
    this.#count--;
    this.#owed = 0;
    if (!link.broken) void link.close();
  }

  #grow(): void {
    const most = this.#failure === undefined ? this.#waiting.size : Math.min(PROBES, this.#waiting.size);
    while (this.#count < this.#options.size && this.#opening < most) {
      this.#count++;
      this.#opening++;
      void this.#open();
    }
  }

  async #open(): Promise<void> {
    const { hosts, charset, patience } = this.#options;
    const host = hosts.current;
    try {
      // One host that does not answer leaves time for the others.
      const soon = patience / hosts.count;
      const link = await Link.open({ host, charset, patience, soon, writable: hosts.count > 1 });
      this.#failure = undefined;
      this.#tried = 0;
      this.#failing = undefined;
      this.#packet = link.packet;
      this.#opening--;
      this.give(link);
      this.#grow();
    } catch (error) {
      if (host === hosts.current) this.#tried++;
      if (!isLimit(error)) hosts.leave(host);
      await this.#failed(error);
    }
  }

  async #failed(error: unknown): Promise<void> {
    const { hosts, watch, beside } = this.#options;
    this.#failure = error;
    // Those that there are go on serving.
    const isAlone = this.#count === this.#opening;
    if (isLimit(error) && isAlone) beside?.spare();
    this.#failing ??= performance.now();
    const isOutage = isLost(error) || isWrong(error) || performance.now() - this.#failing > OUTAGE;
    if (isAlone && this.#tried >= hosts.count && isOutage) watch?.failed(error);
    if (isWrong(error) && hosts.count === 1) for (const waiter of this.#waiting) this.#giveUp(waiter, error);
    // One that fails is not tried again at once: those who wait have time.
    await new Promise((resolve) => setTimeout(resolve, isLimit(error) ? BRAKE : PAUSE));
    this.#count--;
    this.#opening--;
    this.#grow();
  }

  #giveUp(waiter: Waiter, failure: unknown): void {
    this.#done(waiter).giveUp(failure);
  }

  #done(waiter: Waiter): Waiter {
    clearTimeout(waiter.timer);
    this.#waiting.delete(waiter);
    return waiter;
  }
}

/** The database is away, or others have locked the rows that are needed, and why. */
export function unavailable(cause: unknown): StoreUnavailable {
  const why = cause === undefined ? 'it does not answer' : reason(cause);
  return isLocked(cause) ? new StoreStuck(why, { cause }) : new StoreUnavailable(why, { cause });
}
