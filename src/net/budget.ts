import { type Flushable, flushLater } from './flusher.js';
import { Signal } from './signal.js';

/** Each client may have so much kept whatever the others do, in bytes, as long as they are few. */
const FLOOR = 65_536;
/** What all clients together may have kept whatever is free: this part of the limit. */
const FLOORS = 1 / 4;
/** Of what is free, one client may take this part; so there is always room for the next one. */
const PART = 1 / 4;

/**
 * What clients make this process keep in memory, over all places of it, against one limit: messages that have not
 * arrived, output that they do not read, documents that have no end yet. It is a brake: who has more kept than its share
 * is not read from until there is room. Nothing that was accepted is ever thrown away for it.
 */
export class Budget implements Flushable {
  readonly limit: number;
  /** How many clients have anything kept. */
  accounts = 0;
  /** Tells that one more client is braked: what waits in memory and can be stored is to be stored. */
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

  /** What one more client may have kept, in bytes. */
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

/** The account of one client: all that is kept because of it, and what is being done with its messages. */
export class Account {
  /** What is kept, in bytes. */
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

  /** What becomes less while the client is braked, in bytes: for its own input it would wait for ever. */
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
