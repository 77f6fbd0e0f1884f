import { pause } from '../store/pause.js';
import { StoreUnavailable } from '../store/store.js';

type Change = () => Promise<void>;

/** At most 16 owed changes are tried at once: the database has others to serve. */
const TOGETHER = 16;

/**
 * Changes of users' states that the database must still get. While it is away they are owed, the last one of each
 * user, and tried again and again; one that is stuck holds up no other.
 */
export class Changes {
  private readonly owed = new Map<number, Change>();
  private readonly trying = new Map<number, Promise<void>>();
  private readonly closing = new AbortController();
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

  /** Resolves when the user's change is made, or owed in its `late` form. Never rejects. */
  async make(userid: number, change: Change, late = change): Promise<void> {
    this.owed.delete(userid);
    if (await this.attempt(change)) return;
    this.owed.set(userid, late);
    this.paying ??= this.pay();
  }

  /** How many are owed. */
  get count(): number {
    return this.owed.size;
  }

  /** Tries the owed changes one last time. Resolves with the number of changes that could not be made. */
  async close(): Promise<number> {
    this.closing.abort();
    await this.paying;
    return this.owed.size;
  }

  private async pay(): Promise<void> {
    const { signal } = this.closing;
    for (let last = false; this.owed.size > 0 && !last; ) {
      await pause(this.retry, signal);
      last = signal.aborted;
      const lanes = this.openLanes();
      // Lanes that are stuck are not waited for; the next round does without them.
      if (last) await Promise.all([...lanes, ...this.trying.values()]);
      else if (lanes.length > 0) await Promise.race(lanes);
    }
    this.paying = undefined;
  }

  /** All that is owed and not being tried, in as many lanes as are free. */
  private openLanes(): Promise<void>[] {
    const queue = [...this.owed].filter(([userid]) => !this.trying.has(userid)).values();
    return Array.from({ length: TOGETHER - this.trying.size }, async () => {
      for (const [userid, change] of queue) await this.payOne(userid, change);
    });
  }

  private payOne(userid: number, change: Change): Promise<void> {
    const tried = this.attempt(change).then((made) => {
      this.trying.delete(userid);
      if (made && this.owed.get(userid) === change) this.owed.delete(userid);
    });
    this.trying.set(userid, tried);
    return tried;
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
