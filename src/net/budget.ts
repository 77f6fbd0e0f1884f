import { type Flushable, flushLater } from './flusher.js';
import { Signal } from './signal.js';

/** Each client may have 64 KiB kept whatever the others do, as long as clients are few. */
const FLOOR = 65_536;
/** All clients together may have at most this part of the limit by that rule. */
const FLOORS = 1 / 4;
/** Of what is free, one client may take this part; so there is always room for the next one. */
const PART = 1 / 4;

/**
 * The memory that clients make this process keep, over all its places, against one limit: messages that have not
 * arrived, output that they do not read, documents that have no end yet. It is a brake: a client with more than its
 * share is not read from until there is room. Nothing that was accepted is ever thrown away for it.
 */
export class Budget implements Flushable {
  readonly limit: number;
  /** How many clients have anything kept. */
  accounts = 0;
  /** Tells that one more client is braked: messages that wait in memory and can be stored are to be stored. */
  readonly pressed = new Signal();
  private sum = 0;
  private readonly waiting = new Map<Account, Signal>();
  private scheduled = false;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** All that is kept now, in bytes. */
  get used(): number {
    return this.sum;
  }

  /** One more client may have at most this much kept, in bytes. */
  get share(): number {
    const floor = Math.min(FLOOR, (this.limit * FLOORS) / Math.max(1, this.accounts));
    return Math.max(floor, (this.limit - this.sum) * PART);
  }

  /** Whether the limit has been reached. */
  get isFull(): boolean {
    return this.sum >= this.limit;
  }

  /** How many clients are not read from because they have too much kept. */
  get braked(): number {
    return this.waiting.size;
  }

  /** More is kept, or less. */
  add(bytes: number): void {
    this.sum += bytes;
    if (bytes > 0 || this.waiting.size === 0 || this.scheduled) return;
    this.scheduled = true;
    flushLater(this);
  }

  /** Backpressure: resolves when the client may have more kept; undefined when it may now. */
  backpressure(account: Account): Promise<void> | undefined {
    if (account.released <= this.share) return undefined;
    const released = this.waiting.get(account);
    if (released !== undefined) return released.next();
    const signal = new Signal();
    this.waiting.set(account, signal);
    this.pressed.tell();
    return signal.next();
  }

  flush(): void {
    this.scheduled = false;
    const { share } = this;
    for (const [account, released] of this.waiting) {
      if (account.released > share) continue;
      this.waiting.delete(account);
      released.tell();
    }
  }
}

/**
 * The account of one client: the memory that is kept because of it, and its messages that are being published or
 * stored.
 */
export class Account {
  /** The memory that is kept because of it, in bytes. */
  bytes = 0;
  /** How many of them are input that only waits to be handled. It becomes less only when the client is not braked. */
  input = 0;
  private working = 0;
  private readonly calm = new Signal();
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  add(bytes: number): void {
    const hadNone = this.bytes === 0;
    this.bytes += bytes;
    if (hadNone !== (this.bytes === 0)) this.budget.accounts += hadNone ? 1 : -1;
    this.budget.add(bytes);
  }

  /**
   * The part that becomes less while the client is braked, in bytes: its own input does not, and would brake it for
   * ever.
   */
  get released(): number {
    return this.bytes - this.input;
  }

  /** See Budget. */
  backpressure(): Promise<void> | undefined {
    return this.budget.backpressure(this);
  }

  /** A message of this client is being published or stored until then. `work` never rejects. */
  busyUntil(work: Promise<unknown>): void {
    this.working++;
    void work.then(() => {
      this.working--;
      if (this.working === 0) this.calm.tell();
    });
  }

  /** Resolves when no message of this client is being published or stored; undefined when none is now. */
  quiet(): Promise<void> | undefined {
    return this.working === 0 ? undefined : this.calm.next();
  }
}
