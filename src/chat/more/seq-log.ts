import type { Account } from '../../net/budget.js';
import { unexpected } from '../../net/guard.js';
import { pause } from '../../store/pause.js';
import type { NumberedMessage, Store } from '../../store/store.js';

/** At most 1,000 numbers are written in one call. */
const MOST = 1000;
/** The memory that a waiting number costs, in bytes. */
const COST = 300;

interface Waiting {
  readonly message: NumberedMessage;
  readonly account: Account;
}

/**
 * The outcomes of numbered messages, on their way into the database.
 *
 * 1. One call at a time takes all that has come meanwhile, of all users.
 * 2. Of each number only the last outcome waits. Until it is written it is on its sender's account.
 * 3. While the database is away all of it stays, and is tried again and again.
 */
export class SeqLog {
  /** By user and number. */
  private readonly waiting = new Map<number, Map<number, Waiting>>();
  private running: Promise<unknown> | undefined;
  private goesOn = false;
  private readonly closing = new AbortController();
  private readonly store: Pick<Store, 'keepSeqs'>;
  private readonly retry: number;
  private readonly empty: (userid: number) => void;

  /**
   * @param retry how long to wait before a database that is away is tried again, in ms
   * @param empty called when nothing waits of a user any more
   */
  constructor(store: Pick<Store, 'keepSeqs'>, retry: number, empty: (userid: number) => void = () => {}) {
    this.store = store;
    this.retry = retry;
    this.empty = empty;
  }

  /** Whether anything of a user waits. */
  has(userid: number): boolean {
    return this.waiting.has(userid);
  }

  /** Writes this outcome soon, in place of one that waits for the same number. */
  note(message: NumberedMessage, account: Account): void {
    const { userid, seq } = message;
    const ofUser = this.waiting.get(userid) ?? new Map<number, Waiting>();
    ofUser.get(seq)?.account.add(-COST);
    account.add(COST);
    this.waiting.set(userid, ofUser.set(seq, { message, account }));
    if (this.goesOn) return;
    this.goesOn = true;
    this.goOn().catch((error) => unexpected(error, 'the numbers of messages'));
  }

  /** Resolves when all that was noted of a user is written. Rejects with StoreUnavailable. */
  async flush(userid: number): Promise<void> {
    while (this.waiting.has(userid)) {
      const error = await this.writeOnce();
      if (error !== undefined) throw error;
    }
  }

  /** Tries once more to write all that waits. Resolves when that is done. */
  async close(): Promise<void> {
    this.closing.abort();
    if (this.waiting.size > 0) await this.writeAll();
  }

  private async goOn(): Promise<void> {
    try {
      // All that comes in this turn goes together.
      await undefined;
      while (this.waiting.size > 0 && !this.closing.signal.aborted) {
        if ((await this.writeOnce()) !== undefined) await pause(this.retry, this.closing.signal, false);
      }
    } finally {
      this.goesOn = false;
    }
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.size > 0) if ((await this.writeOnce()) !== undefined) return;
  }

  /**
   * One call at a time: callers that come meanwhile wait for its end. Resolves with the error of a call that has
   * failed.
   */
  private writeOnce(): Promise<unknown> {
    this.running ??= this.write().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async write(): Promise<unknown> {
    const all = this.first();
    try {
      await this.store.keepSeqs(all.map(({ message }) => message));
    } catch (error) {
      return error;
    }
    for (const one of all) this.written(one);
    return undefined;
  }

  private first(): Waiting[] {
    const first: Waiting[] = [];
    for (const ofUser of this.waiting.values()) {
      for (const one of ofUser.values()) {
        first.push(one);
        if (first.length === MOST) return first;
      }
    }
    return first;
  }

  /** An outcome is written. A newer one of the same number still waits. */
  private written(one: Waiting): void {
    const { userid, seq } = one.message;
    const ofUser = this.waiting.get(userid);
    if (ofUser?.get(seq) !== one) return;
    one.account.add(-COST);
    ofUser.delete(seq);
    if (ofUser.size > 0) return;
    this.waiting.delete(userid);
    this.empty(userid);
  }
}
