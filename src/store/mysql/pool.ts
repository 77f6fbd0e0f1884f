import { StoreUnavailable } from '../store.js';
import { isWrong, reason } from './failure.js';
import { Link, type LinkOptions } from './link.js';
import type { Watch } from './watch.js';

export interface PoolOptions extends LinkOptions {
  /** The most connections. */
  readonly size: number;
  readonly watch?: Watch | undefined;
}

interface Waiter {
  readonly take: (link: Link) => void;
  readonly giveUp: (reason: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** How long to wait before asking a database again that was away, in ms. */
export const PAUSE = 50;

/** Connections to one database: opened when needed, kept, opened again when lost. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #idle: Link[] = [];
  readonly #waiting = new Set<Waiter>();
  /** Connections that are idle, taken, or being opened. */
  #count = 0;
  #opening = 0;
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
    if (link.broken || this.#closed) {
      this.#count--;
      if (!link.broken) void link.close();
      this.#grow();
      return;
    }
    const [waiter] = this.#waiting;
    if (waiter === undefined) this.#idle.push(link);
    else this.#done(waiter).take(link);
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting) this.#giveUp(waiter, new Error('the store is closed'));
    await Promise.all(this.#idle.splice(0).map((link) => link.close()));
  }

  #pop(): Link | undefined {
    for (let link = this.#idle.pop(); link !== undefined; link = this.#idle.pop()) {
      if (!link.broken) return link;
      this.#count--;
    }
    return undefined;
  }

  #grow(): void {
    if (this.#count >= this.#options.size || this.#opening >= this.#waiting.size) return;
    this.#count++;
    this.#opening++;
    void this.#open();
  }

  async #open(): Promise<void> {
    try {
      const link = await Link.open(this.#options);
      this.#failure = undefined;
      this.#packet = link.packet;
      this.#opening--;
      this.give(link);
    } catch (error) {
      await this.#failed(error);
    }
  }

  async #failed(error: unknown): Promise<void> {
    this.#failure = error;
    this.#options.watch?.failed(error);
    if (isWrong(error)) for (const waiter of this.#waiting) this.#giveUp(waiter, error);
    // One that fails is not tried again at once: those who wait have time.
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
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

/** The database is away, and why. */
export function unavailable(cause: unknown): StoreUnavailable {
  const why = cause === undefined ? 'it does not answer' : reason(cause);
  return new StoreUnavailable(why, { cause });
}
