import type { Message, Settled } from '../bus/message.js';
import { guarded, unexpected } from '../net/guard.js';
import { Signal } from '../net/signal.js';
import { pause } from '../store/pause.js';
import { type Refusal, type Store, StoreStuck, StoreUnavailable } from '../store/store.js';
import type { Trace } from './trace.js';

/** At most 1,000 messages, and 1 MiB of them, go to the store in one call: a longer one would hold up all others. */
const MOST = 1000;
const MOST_BYTES = 1_048_576;
/** Into how many parts a call is split that the store does not take: one row at fault is soon alone. */
const PARTS = 8;
/** Named in the log with an unexpected error. */
const WHERE = 'the storing of messages';

export interface WriterEvents {
  /**
   * `count` messages for these users are in the store now; 0 when none of the messages that were tried can ever be
   * stored.
   */
  stored(userids: ReadonlySet<number>, count: number): void;
  /** A message can never be stored, for this reason. */
  refused(reason: unknown, userid: number, message: Message): void;
  /** The store went away, for this reason; or, without a reason, it came back. */
  away(reason: unknown): void;
  /** The store takes messages, but none for this user, for this reason. They are tried again and again. */
  stuck(userid: number, reason: unknown): void;
}

interface Item {
  readonly userid: number;
  readonly message: Message;
  /** The call that is told, with the last of its messages only. */
  readonly call: Call | undefined;
}

interface Call {
  stored: () => void;
  released: () => void;
}

/** How a call of the store ended: it took the messages; it is away; or it has something against one of them. */
type Ending = 'taken' | 'away' | 'against';

/**
 * Messages on their way into the store.
 *
 * 1. The messages of one user are stored in the order of `storeFor`.
 * 2. One call at a time takes all that has come meanwhile.
 * 3. While the store is away all of it stays, and is tried again and again.
 * 4. When the store is there and does not take a call, as a row is locked, the call is split until the user whose
 *    messages are at fault is alone: that user is stuck and is tried beside the others, who wait for nobody.
 */
export class Writer {
  private queue: Item[] = [];
  /** Calls, or parts of them, that the store did not take: they are tried before the queue. */
  private parts: Item[][] = [];
  /** For each user that is stuck: all the messages that are to be stored for it. */
  private readonly stuck = new Map<number, Item[]>();
  private count = 0;
  private running = false;
  private retrying = false;
  private isAway = false;
  private readonly closing = new AbortController();
  private readonly ended = new Signal();
  private readonly gaveUp = new Signal();
  private readonly store: Store;
  private readonly retry: number;
  private readonly trace: Trace | undefined;
  private events: WriterEvents | undefined;
  private readonly settle = guarded(WHERE, ({ userid, message }: Item, how: Settled) =>
    message.settle(userid, how),
  );

  /** @param retry how long to wait before a store that is away is tried again, in ms */
  constructor(store: Store, retry: number, trace?: Trace) {
    this.store = store;
    this.retry = retry;
    this.trace = trace;
  }

  /**
   * These are told from now on. An error that they throw changes nothing: else stored messages would be stored again.
   */
  tell(events: WriterEvents): void {
    this.events = {
      stored: guarded(WHERE, (userids, count) => events.stored(userids, count)),
      refused: guarded(WHERE, (reason, userid, message) => events.refused(reason, userid, message)),
      away: guarded(WHERE, (reason) => events.away(reason)),
      stuck: guarded(WHERE, (userid, reason) => events.stuck(userid, reason)),
    };
  }

  /** Whether the store is away. */
  get away(): boolean {
    return this.isAway;
  }

  /** How many messages are not in the store yet. */
  get length(): number {
    return this.count;
  }

  /** Whether messages for this user cannot be stored now: nobody shall wait for them. */
  isStuck(userid: number): boolean {
    return this.isAway || this.stuck.has(userid);
  }

  /** The messages that are not in the store yet, oldest first for each user. */
  *all(): Iterable<readonly [userid: number, message: Message]> {
    for (const items of [...this.stuck.values(), ...this.parts, this.queue])
      for (const { userid, message } of items) yield [userid, message];
  }

  /**
   * Stores messages for a user. `stored` resolves when all are stored, or never can be; `released` then, or as
   * soon as the store is away, or the user is stuck: nobody shall wait for it.
   */
  storeFor(userid: number, messages: readonly Message[]): { stored: Promise<void>; released: Promise<void> } {
    const call: Call = { stored: () => {}, released: () => {} };
    const stored = new Promise<void>((resolve) => {
      call.stored = resolve;
    });
    const released = new Promise<void>((resolve) => {
      call.released = resolve;
    });
    const last = messages.length - 1;
    const items = this.stuck.get(userid) ?? this.queue;
    messages.forEach((message, i) => {
      items.push({ userid, message, call: i === last ? call : undefined });
    });
    this.count += messages.length;
    if (messages.length === 0) call.stored();
    if (messages.length === 0 || this.isStuck(userid)) call.released();
    this.start();
    return { stored, released };
  }

  /** Resolves with `work`, or as soon as the store is away, or the user is stuck. */
  async unlessStuck(userid: number, work: Promise<unknown>): Promise<void> {
    if (!this.isStuck(userid)) await this.gaveUp.or(work, () => this.isStuck(userid));
  }

  /** Resolves with `work`, or as soon as the store is away. */
  async unlessAway(work: Promise<unknown>): Promise<void> {
    if (!this.isAway) await this.gaveUp.or(work, () => this.isAway);
  }

  /** Resolves when no message waits any more but those of stuck users, or as soon as the store is away. */
  async empty(): Promise<void> {
    if (this.running) await this.unlessAway(this.ended.next());
  }

  /**
   * Messages that the store does not take are tried once more, and then nobody waits for them. Resolves when that is
   * done.
   */
  async close(): Promise<void> {
    this.closing.abort();
    while (this.running || this.retrying) await this.ended.next();
    if (this.queue.length + this.parts.length > 0) await this.run();
    if (this.stuck.size > 0) await this.tryStuck();
  }

  private start(): void {
    if (this.running || this.queue.length === 0) return;
    this.run().catch((error) => unexpected(error, WHERE));
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      // All messages of this turn go together.
      await undefined;
      while (this.parts.length + this.queue.length > 0) {
        const [part] = this.parts;
        const batch = part ?? firstOf(this.queue);
        const ending = await this.tryOnce(batch);
        if (ending === 'away' && this.closing.signal.aborted) break;
        if (ending === 'away') await pause(this.retry, this.closing.signal);
        else if (part !== undefined) this.parts.shift();
        else this.queue.splice(0, batch.length);
        if (ending === 'against') this.split(batch);
      }
    } finally {
      // In the same turn as the last look at the queue: a message that comes after that starts it again.
      this.running = false;
      this.ended.tell();
    }
  }

  /** A call that the store does not take is tried in parts. When a part has one user only, that user is stuck. */
  private split(batch: readonly Item[]): void {
    const users = [...new Set(batch.map(({ userid }) => userid))];
    const size = Math.ceil(users.length / PARTS);
    if (users.length === 1) this.setStuck(batch);
    else
      for (let from = 0; from < users.length; from += size) {
        const some = new Set(users.slice(from, from + size));
        this.parts.push(batch.filter(({ userid }) => some.has(userid)));
      }
  }

  /** All messages for one user are set aside, so that the others do not wait for them. */
  private setStuck(batch: readonly Item[]): void {
    const [first] = batch;
    if (first === undefined) return;
    const { userid } = first;
    const isOfUser = (item: Item) => item.userid === userid;
    const items = [...batch, ...this.queue.filter(isOfUser)];
    this.queue = this.queue.filter((item) => !isOfUser(item));
    this.stuck.set(userid, items);
    for (const { call } of items) call?.released();
    this.gaveUp.tell();
    if (!this.retrying && !this.closing.signal.aborted)
      this.retryStuck().catch((error) => unexpected(error, WHERE));
  }

  private async retryStuck(): Promise<void> {
    this.retrying = true;
    try {
      while (this.stuck.size > 0 && !this.closing.signal.aborted) {
        await pause(this.retry, this.closing.signal);
        await this.tryStuck();
      }
    } finally {
      this.retrying = false;
      this.ended.tell();
    }
  }

  /** One after the other; when the store is away the others need not be tried. */
  private async tryStuck(): Promise<void> {
    for (const [userid, items] of this.stuck) {
      const first = firstOf(items);
      const ending = await this.tryOnce(first);
      if (ending === 'taken') items.splice(0, first.length);
      if (items.length === 0) this.stuck.delete(userid);
      if (ending === 'away') return;
    }
  }

  private async tryOnce(items: readonly Item[]): Promise<Ending> {
    let refused: readonly Refusal[];
    try {
      refused = await this.store.storeMessages(
        items.map(({ userid, message }) => ({ userid, message: message.bytes.toString() })),
      );
    } catch (error) {
      return this.failed(items, error);
    }
    this.setAway(false, undefined);
    this.took(items, refused);
    return 'taken';
  }

  /** Only an error that says so means that a message can never be stored. After any other the message is tried again. */
  private failed(items: readonly Item[], error: unknown): Ending {
    if (error instanceof StoreUnavailable && !(error instanceof StoreStuck)) {
      this.setAway(true, error);
      return 'away';
    }
    const [first] = items;
    const isAlone = first !== undefined && items.every(({ userid }) => userid === first.userid);
    if (isAlone && !this.stuck.has(first.userid)) this.events?.stuck(first.userid, error);
    return 'against';
  }

  /** Each item is in the store now, or was refused. */
  private took(items: readonly Item[], refused: readonly Refusal[]): void {
    this.count -= items.length;
    for (const { index, reason } of refused) {
      const item = items[index];
      if (item !== undefined) this.events?.refused(reason, item.userid, item.message);
    }
    const isRefused = new Set(refused.map(({ index }) => index));
    const stored = items.filter((_, index) => !isRefused.has(index));
    for (const { userid, message } of stored) this.trace?.('is in the database', userid, message.bytes);
    this.events?.stored(new Set(stored.map(({ userid }) => userid)), stored.length);
    for (const [index, item] of items.entries()) {
      this.settle(item, isRefused.has(index) ? 'never' : 'stored');
      item.call?.released();
      item.call?.stored();
    }
  }

  private setAway(away: boolean, reason: unknown): void {
    if (away === this.isAway) return;
    this.isAway = away;
    this.events?.away(reason);
    if (!away) return;
    for (const items of [...this.parts, this.queue]) for (const { call } of items) call?.released();
    this.gaveUp.tell();
  }
}

/** The first items: as many as one call may have. */
function firstOf(items: readonly Item[]): readonly Item[] {
  let bytes = 0;
  let count = 0;
  for (const { message } of items) {
    bytes += message.bytes.length;
    if (count === MOST || (bytes > MOST_BYTES && count > 0)) break;
    count++;
  }
  return items.slice(0, count);
}
