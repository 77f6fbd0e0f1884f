import { setTimeout as delay } from 'node:timers/promises';
import type { Store, StoredMessage } from '../store/store.js';

export interface MailboxLimits {
  /** How many bytes of messages are kept while the database is away. */
  readonly maxKept: number;
  /** How long to wait before the database is tried again, in ms. */
  readonly retry: number;
}

export interface MailboxEvents {
  /** Messages for these users are in the store now. */
  stored(userids: ReadonlySet<number>): void;
  /** Messages were lost, and why. */
  lost(count: number, reason: unknown): void;
  /** The database went away, and why, or came back; so many messages were kept for it. */
  away(away: boolean, kept: number, reason?: unknown): void;
}

interface Entry extends StoredMessage {
  readonly message: Buffer;
  readonly done: () => void;
}

/** The most messages that go to the store in one call, and their most bytes. */
const BATCH = 1000;
const BATCH_BYTES = 1_048_576;

/**
 * Messages on their way into the store. All that come while one call is under way go into the next one,
 * in order. While the database is away they are kept, up to a limit, and written when it is back.
 */
export class Mailbox {
  private queue: Entry[] = [];
  private bytes = 0;
  private isAway = false;
  private running: Promise<void> | undefined;
  private stopping = false;

  private readonly store: Store;
  private readonly limits: MailboxLimits;
  private readonly events: MailboxEvents;
  private readonly wake = new AbortController();

  constructor(store: Store, limits: MailboxLimits, events: MailboxEvents) {
    this.store = store;
    this.limits = limits;
    this.events = events;
  }

  /** How many messages are not in the store yet. */
  get kept(): number {
    return this.queue.length;
  }

  /** Stores a message. Resolves when it is stored; while the database is away, at once: then it is kept. */
  add(userid: number, message: Buffer): Promise<void> {
    if (this.bytes + message.length > this.limits.maxKept) {
      this.events.lost(1, 'too many messages wait for the database');
      return Promise.resolve();
    }
    this.bytes += message.length;
    return new Promise((resolve) => {
      this.queue.push({ userid, message, done: resolve });
      if (this.isAway) resolve();
      this.running ??= this.run();
    });
  }

  /**
   * Writes what is kept, with one last try if the database is away. May be called again when more has come.
   * Resolves with the number of messages that are still not stored.
   */
  async close(): Promise<number> {
    this.stopping = true;
    this.wake.abort();
    if (this.queue.length > 0) {
      this.running ??= this.run();
      await this.running;
    }
    return this.queue.length;
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.nextBatch();
      if (await this.write(batch)) this.took(batch);
      else if (this.stopping) break;
      else await delay(this.limits.retry, undefined, { signal: this.wake.signal }).catch(() => {});
    }
    this.running = undefined;
  }

  private nextBatch(): Entry[] {
    let count = 0;
    for (let bytes = 0; count < Math.min(BATCH, this.queue.length); count++) {
      bytes += this.queue[count]?.message.length ?? 0;
      if (bytes > BATCH_BYTES && count > 0) break;
    }
    return this.queue.slice(0, count);
  }

  /** False when the database is away, and with anything else that went wrong: none of it is a message's own fault. */
  private async write(batch: readonly Entry[]): Promise<boolean> {
    try {
      const refusals = await this.store.storeMessages(batch);
      if (refusals[0] !== undefined) this.events.lost(refusals.length, refusals[0].reason);
      this.turn(false);
      this.events.stored(new Set(batch.map((entry) => entry.userid)));
      return true;
    } catch (error) {
      this.turn(true, error);
      return false;
    }
  }

  private took(batch: readonly Entry[]): void {
    this.queue.splice(0, batch.length);
    for (const { message, done } of batch) {
      this.bytes -= message.length;
      done();
    }
  }

  private turn(away: boolean, reason?: unknown): void {
    if (away === this.isAway) return;
    this.isAway = away;
    this.events.away(away, this.queue.length, reason);
    if (away) for (const { done } of this.queue) done();
  }
}
