import { setTimeout as delay } from 'node:timers/promises';
import type { Letter } from '../bus/letter.js';
import type { Refusal, Store } from '../store/store.js';

/** At most so many messages, and bytes, go to the store in one call. */
const MOST = 1000;
const MOST_BYTES = 1_048_576;

export interface WriterEvents {
  /** So many messages for these users are in the store now. */
  stored(userids: ReadonlySet<number>, count: number): void;
  /** A message can never be stored, and why. */
  refused(reason: unknown, userid: number, letter: Letter): void;
  /** The store went away, and why, or came back. */
  away(reason: unknown): void;
}

interface Item {
  readonly userid: number;
  readonly letter: Letter;
  /** With the last message of a call: whom to tell. */
  readonly call: Call | undefined;
}

interface Call {
  stored: () => void;
  settled: () => void;
}

/**
 * Messages on their way into the store: one call at a time takes all that has come meanwhile, in order. While the
 * store is away they stay, and it is tried again and again.
 */
export class Writer {
  private queue: Item[] = [];
  private running = false;
  private isAway = false;
  private readonly closing = new AbortController();
  private ended: (() => void)[] = [];
  private readonly impatient = new Set<() => void>();
  private readonly store: Store;
  private readonly retry: number;
  private readonly events: WriterEvents;

  /** @param retry how long to wait before a store that is away is tried again, in ms */
  constructor(store: Store, retry: number, events: WriterEvents) {
    this.store = store;
    this.retry = retry;
    this.events = events;
  }

  /** Whether the store is away. */
  get away(): boolean {
    return this.isAway;
  }

  /** How many messages are not in the store yet. */
  get length(): number {
    return this.queue.length;
  }

  /** What is not in the store yet, oldest first. */
  *all(): Iterable<readonly [userid: number, letter: Letter]> {
    for (const { userid, letter } of this.queue) yield [userid, letter];
  }

  /**
   * Stores messages for a user. `stored` resolves when all are stored, or never can be; `settled` then, or as soon
   * as the store is away: nobody shall wait for it.
   */
  write(userid: number, letters: readonly Letter[]): { stored: Promise<void>; settled: Promise<void> } {
    const call: Call = { stored: () => {}, settled: () => {} };
    const stored = new Promise<void>((resolve) => {
      call.stored = resolve;
    });
    const settled = new Promise<void>((resolve) => {
      call.settled = resolve;
    });
    const last = letters.length - 1;
    letters.forEach((letter, i) => {
      this.queue.push({ userid, letter, call: i === last ? call : undefined });
    });
    if (letters.length === 0) call.stored();
    if (letters.length === 0 || this.isAway) call.settled();
    if (!this.running) void this.run();
    return { stored, settled };
  }

  /** Resolves with `work`, or as soon as the store is away. */
  unlessAway(work: Promise<void>): Promise<void> {
    if (this.isAway) return Promise.resolve();
    return new Promise((resolve) => {
      this.impatient.add(resolve);
      void work.then(() => {
        this.impatient.delete(resolve);
        resolve();
      });
    });
  }

  /** Resolves when nothing waits any more, or the store is tried no more. */
  async empty(): Promise<void> {
    if (this.running) await new Promise<void>((resolve) => this.ended.push(resolve));
  }

  /** From now on a store that is away is tried once more, and not waited for. Resolves when that is done. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.empty();
    if (this.queue.length > 0) await this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    // All that comes in this turn goes together.
    await undefined;
    while (this.queue.length > 0) {
      const batch = this.next();
      const stored = await this.tried(batch);
      if (stored !== undefined) this.took(batch, stored);
      else if (this.closing.signal.aborted) break;
      else await delay(this.retry, undefined, { signal: this.closing.signal }).catch(() => {});
    }
    this.running = false;
    for (const tell of this.ended.splice(0)) tell();
  }

  private next(): Item[] {
    let bytes = 0;
    let count = 0;
    for (const { letter } of this.queue) {
      bytes += letter.bytes.length;
      if (count === MOST || (bytes > MOST_BYTES && count > 0)) break;
      count++;
    }
    return this.queue.slice(0, count);
  }

  /** How many of them are stored, the others never can be; undefined when the store is away. */
  private async tried(batch: readonly Item[]): Promise<number | undefined> {
    const messages = batch.map(({ userid, letter }) => ({ userid, message: letter.bytes.toString() }));
    let refused: readonly Refusal[];
    try {
      refused = await this.store.storeMessages(messages);
    } catch (error) {
      // What can never be stored is told by name: for any other reason nothing is given up.
      this.turn(true, error);
      return undefined;
    }
    for (const { index, reason } of refused) {
      const item = batch[index];
      if (item !== undefined) this.events.refused(reason, item.userid, item.letter);
    }
    this.turn(false, undefined);
    return batch.length - refused.length;
  }

  private took(batch: readonly Item[], stored: number): void {
    this.queue.splice(0, batch.length);
    this.events.stored(new Set(batch.map(({ userid }) => userid)), stored);
    for (const { userid, letter, call } of batch) {
      letter.done(userid);
      call?.settled();
      call?.stored();
    }
  }

  private turn(away: boolean, reason: unknown): void {
    if (away === this.isAway) return;
    this.isAway = away;
    this.events.away(reason);
    if (!away) return;
    for (const { call } of this.queue) call?.settled();
    for (const tell of this.impatient) tell();
    this.impatient.clear();
  }
}
