import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable } from '../store/store.js';

/**
 * Small changes that the database must still get, such as a user's going offline: tried at once, and
 * while the database is away again and again in the background, so that nobody has to wait for them.
 */
export class Debts {
  private readonly owed = new Set<() => Promise<void>>();
  private readonly wake = new AbortController();
  private paying: Promise<void> | undefined;

  private readonly retry: number;
  private readonly onFailure: (error: unknown) => void;

  /**
   * @param retry how long to wait before the database is tried again, in ms
   * @param onFailure told when a change failed for another reason than the database being away; it is dropped
   */
  constructor(retry: number, onFailure: (error: unknown) => void) {
    this.retry = retry;
    this.onFailure = onFailure;
  }

  /** Resolves when the change is made, or owed because the database is away. Never rejects. */
  async pay(change: () => Promise<void>): Promise<void> {
    if (await this.attempt(change)) return;
    this.owed.add(change);
    this.paying ??= this.payAll();
  }

  /** Tries what is owed one last time. */
  async close(): Promise<void> {
    this.wake.abort();
    await this.paying;
  }

  private async payAll(): Promise<void> {
    let last = false;
    while (this.owed.size > 0 && !last) {
      await delay(this.retry, undefined, { signal: this.wake.signal }).catch(() => {});
      last = this.wake.signal.aborted;
      for (const change of this.owed) {
        if (!(await this.attempt(change))) break;
        this.owed.delete(change);
      }
    }
    this.paying = undefined;
  }

  /** False when the database is away. */
  private async attempt(change: () => Promise<void>): Promise<boolean> {
    try {
      await change();
    } catch (error) {
      if (error instanceof StoreUnavailable) return false;
      this.onFailure(error);
    }
    return true;
  }
}
