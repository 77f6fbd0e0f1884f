import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailable } from '../store/store.js';

type Change = () => Promise<void>;

/** The most changes that are owed at once. */
const MOST_OWED = 100_000;

/**
 * What the database must still get or tell, such as a user's going offline: while it is away, tried again
 * and again in the background, in order, so that nobody has to wait for it.
 */
export class Debts {
  private owed: Change[] = [];
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

  /** Whether something is owed: the database is away, or was until just now. */
  get owing(): boolean {
    return this.owed.length > 0;
  }

  /** Resolves when the change is made, or owed in its `late` form because the database is away. Never rejects. */
  async pay(change: Change, late = change): Promise<void> {
    if (!(await this.attempt(change))) this.owe(late);
  }

  /** Makes the change when the database is back. */
  owe(change: Change): void {
    if (this.owed.length >= MOST_OWED) {
      this.onFailure(new Error('too many changes wait for the database'));
      return;
    }
    this.owed.push(change);
    this.paying ??= this.payAll();
  }

  /** Tries what is owed one last time. Resolves with the number of changes that could not be made. */
  async close(): Promise<number> {
    this.wake.abort();
    await this.paying;
    return this.owed.length;
  }

  private async payAll(): Promise<void> {
    let last = false;
    while (this.owed.length > 0 && !last) {
      await delay(this.retry, undefined, { signal: this.wake.signal }).catch(() => {});
      last = this.wake.signal.aborted;
      await this.payInOrder();
    }
    this.paying = undefined;
  }

  private async payInOrder(): Promise<void> {
    const owed = this.owed;
    let paid = 0;
    for (const change of owed) {
      if (!(await this.attempt(change))) break;
      paid++;
    }
    owed.splice(0, paid);
  }

  /** False when the database is away. */
  private async attempt(change: Change): Promise<boolean> {
    try {
      await change();
    } catch (error) {
      if (error instanceof StoreUnavailable) return false;
      this.onFailure(error);
    }
    return true;
  }
}
