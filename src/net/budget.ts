import { type Flushable, flushLater } from './flusher.js';

/** Each client may have so much kept whatever the others do, in bytes. */
const FLOOR = 65_536;
/** Of what is free, one client may take this part; so there is always room for the next one. */
const PART = 1 / 4;

/**
 * What undelivered messages cost in memory, over all places of the node, against one limit. It is a brake: who
 * would have more kept than its share is not read from until there is room. Nothing is ever thrown away for it.
 */
export class Budget implements Flushable {
  readonly limit: number;
  private sum = 0;
  private readonly waiting = new Set<Charge>();
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
    return Math.max(FLOOR, (this.limit - this.sum) * PART);
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

  /** Resolves when the client may have more kept; undefined when it may now. */
  room(charge: Charge): Promise<void> | undefined {
    if (charge.bytes <= this.share) return undefined;
    return new Promise((resolve) => {
      charge.release = resolve;
      this.waiting.add(charge);
    });
  }

  flush(): void {
    this.scheduled = false;
    const { share } = this;
    for (const charge of this.waiting) {
      if (charge.bytes > share) continue;
      this.waiting.delete(charge);
      charge.release();
    }
  }
}

/** What is kept on behalf of one client, and what is being done with it. */
export class Charge {
  bytes = 0;
  release: () => void = () => {};
  private working = 0;
  private calm: (() => void)[] = [];
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  add(bytes: number): void {
    this.bytes += bytes;
    this.budget.add(bytes);
  }

  /** Resolves when this client may have more kept; undefined when it may now. */
  room(): Promise<void> | undefined {
    return this.budget.room(this);
  }

  /** A message of this client is being published or stored. `work` never rejects. */
  during(work: Promise<unknown>): void {
    this.working++;
    void work.then(() => {
      this.working--;
      if (this.working > 0) return;
      const { calm } = this;
      this.calm = [];
      for (const tell of calm) tell();
    });
  }

  /** Resolves when no message of this client is being published or stored; undefined when none is now. */
  settled(): Promise<void> | undefined {
    if (this.working === 0) return undefined;
    return new Promise((resolve) => this.calm.push(resolve));
  }
}
