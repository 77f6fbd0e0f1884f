import { setTimeout as delay } from 'node:timers/promises';
import { type Store, type StoredMessage, StoreUnavailable } from '../store/store.js';

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
  /** The database went away, or came back; so many messages were kept for it. */
  away(away: boolean, kept: number): void;
}

interface Entry extends StoredMessage {
  readonly bytes: number;
  readonly done: () => void;
}

/** The most messages that go to the store in one call. */
const BATCH = 1000;

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
      this.queue.push({ userid, message: message.toString(), bytes: message.length, done: resolve });
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
      const batch = this.queue.slice(0, BATCH);
      if (await this.write(batch)) this.took(batch);
      else if (this.stopping) break;
      else await delay(this.limits.retry, undefined, { signal: this.wake.signal }).catch(() => {});
    }
    this.running = undefined;
  }

  /** False when the database is away. */
  private async write(batch: readonly Entry[]): Promise<boolean> {
    try {
      await this.store.storeMessages(batch);
      this.turn(false);
      this.events.stored(new Set(batch.map((entry) => entry.userid)));
    } catch (error) {
      if (error instanceof StoreUnavailable) {
        this.turn(true);
        return false;
      }
      await this.writeEach(batch, error);
    }
    return true;
  }

  /** One message of the batch cannot be stored: the others shall not suffer for it. */
  private async writeEach(batch: readonly Entry[], reason: unknown): Promise<void> {
    if (batch.length === 1) return this.events.lost(1, reason);
    for (const entry of batch) {
      while (!(await this.write([entry]))) {
        if (this.stopping) {
          this.events.lost(1, 'the database is away');
          break;
        }
        await delay(this.limits.retry);
      }
    }
  }

  private took(batch: readonly Entry[]): void {
    this.queue.splice(0, batch.length);
    for (const { bytes, done } of batch) {
      this.bytes -= bytes;
      done();
    }
  }

  private turn(away: boolean): void {
    if (away === this.isAway) return;
    this.isAway = away;
    this.events.away(away, this.queue.length);
    if (away) for (const { done } of this.queue) done();
  }
}
