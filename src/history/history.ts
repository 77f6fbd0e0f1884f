import { guarded, unexpected } from '../net/guard.js';
import { Folded } from '../ops/folded.js';
import type { Log } from '../ops/log.js';
import {
  type Conversation,
  folded,
  HISTORY_PAGE,
  type HistoryFound,
  type HistoryPage,
  type HistorySearch,
  type HistoryStore,
  type KeptMessage,
  MOST_PAGE,
  ofGroup,
  ofUsers,
  SEARCHED,
} from '../store/history.js';
import { limit } from '../store/limit.js';
import { type Store, StoreUnavailable } from '../store/store.js';
import { Expiry } from './expiry.js';

/** At most this much waits to be written, in bytes and in messages. */
const [MOST_BYTES, MOST_MESSAGES] = [8_388_608, 50_000];
/** The memory that a message costs besides its document, in bytes. */
const EACH = 256;
/**
 * At most this much goes into one transaction: others that write meanwhile wait no longer than it takes. Each character
 * that can be searched for is a row of the index: very many of them at once would hold up the event loop.
 */
const [BATCH_BYTES, BATCH_MESSAGES, BATCH_SEARCHED] = [262_144, 100, 20_000];
/** Messages that come within this time, in ms, are written together. */
const LINGER = 50;
/** The time between two tries while the database is away, in ms. */
const RETRY = 500;
/** A message is written within this time after it has come, in ms, by the clock of the same node. */
const WITHIN = 10_000;
/** The highest number of a message. */
const MOST_NUMBER = 4_294_967_295;
/** At most this many accounts are known to exist; then all are forgotten and asked for again. */
const MOST_KNOWN = 100_000;

/** A message that a client of this node has sent, and that was accepted. */
export interface Accepted {
  readonly conversation: Conversation;
  /** Of a message to one user: whom it is to, who may not exist. */
  readonly to: number | undefined;
  /** The document as its receivers get it. It is copied. */
  readonly bytes: Buffer;
  /** Where its sender has numbered it. */
  readonly numbered?: Numbered | undefined;
}

/** Which message of whom it is. */
export interface Numbered {
  readonly userid: number;
  readonly seq: number;
}

interface Waiting extends Omit<Accepted, 'bytes'> {
  /** Its sender has taken it back: it is not written. */
  isRecalled: boolean;
  readonly at: number;
  readonly document: string;
  readonly bytes: number;
}

export interface HistoryOptions {
  readonly store: Pick<Store, 'existing'> & HistoryStore;
  /** How long messages are kept, in days. */
  readonly days: number;
  /** The names that the text of a message may have in its document. */
  readonly texts: readonly string[];
  readonly log: Log;
  /** How many messages are written, and how many are not and never will be. */
  readonly counts: { kept: number; missed: number };
}

/**
 * The history of conversations (PROTOCOL.md section 9), beside the chat itself:
 *
 * 1. Nobody waits for the history. Accepted messages wait here, and are written together.
 * 2. The memory of waiting messages is bounded. While the database is away they wait. When there is no more room the
 *    history has a gap, of which the log and a metric tell. A kill -9 loses the messages that wait here.
 * 3. Messages of one sender on this node have the order in which they were accepted.
 */
export class History {
  readonly #options: HistoryOptions;
  readonly #counts: HistoryOptions['counts'];
  readonly #gaps: Folded;
  readonly #known = new Set<number>();
  readonly #expiry: Expiry;
  /** A search, or a page, takes the database for as long as it does: one after the other. */
  readonly #reading = limit(1);
  #waiting: Waiting[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  /** The messages that are being written. */
  #keeping: Promise<void> | undefined;
  #isOpen: Promise<void> | undefined;
  #closing = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#counts = options.counts;
    this.#gaps = new Folded(options.log);
    this.#expiry = new Expiry(options.days, async (before, most) => {
      await this.#open();
      return options.store.expireHistory(before, most);
    });
  }

  /** How many messages wait to be written. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Keeps a message to one user: it is in the history of both. Never throws, and nothing is waited for. */
  addChat(from: number | undefined, to: number, bytes: Buffer, numbered?: Numbered): void {
    // The ids below 1 are those of groups in the tables.
    if (from === undefined || from < 1 || to < 1) return;
    this.add({ conversation: ofUsers(from, to), to, bytes, numbered });
  }

  /** The same for a message to a group. */
  addGroupChat(groupid: number, bytes: Buffer, numbered?: Numbered): void {
    this.add({ conversation: ofGroup(groupid), to: undefined, bytes, numbered });
  }

  /** Keeps a message. Never throws, and nothing is waited for. */
  add({ conversation, to, bytes, numbered }: Accepted): void {
    const cost = bytes.length + EACH;
    if (bytes.length > HISTORY_PAGE) this.#miss(1, 'a message is too long');
    else if (this.#waiting.length >= MOST_MESSAGES || this.#bytes + cost > MOST_BYTES)
      this.#miss(1, 'the database does not take it in time');
    else {
      this.#bytes += cost;
      this.#waiting.push({
        ...{ conversation, to, numbered, at: Date.now(), document: bytes.toString(), bytes: cost },
        isRecalled: false,
      });
      this.#plan(LINGER);
    }
  }

  /** Messages of a conversation. Rejects with StoreUnavailable. */
  page(page: HistoryPage): Promise<HistoryFound> {
    return this.#reading(async () => {
      await this.#open();
      for (let range = page; ; ) {
        const found = await this.#options.store.historyPage(range);
        const { next } = found;
        if (next === undefined || found.rows.length > 0) return found;
        // So far there is nothing: the store is free for others before it looks further.
        range = page.newest ? { ...page, below: next } : { ...page, above: next };
      }
    });
  }

  /** Messages that have a text in them. Rejects with StoreUnavailable. */
  search(search: HistorySearch): Promise<HistoryFound> {
    return this.#reading(async () => {
      await this.#open();
      return this.#options.store.searchHistory({ ...search, text: folded(search.text) });
    });
  }

  /**
   * Its sender takes a message back: it is removed, or not written at all. Rejects with StoreUnavailable.
   *
   * @param at when it came, in seconds since 1970
   * @param isIt says of a document that was written whether it is that message
   * @param onlyWaiting it is looked for in the database only if it has waited here
   */
  async recall(
    conversation: Conversation,
    at: number,
    { userid, seq }: Numbered,
    isIt: (document: string) => boolean,
    onlyWaiting = false,
  ): Promise<void> {
    const { low, high } = conversation;
    // No document is read for that: very many may wait.
    const found = this.#waiting.filter(
      ({ conversation: of, numbered }) =>
        numbered?.seq === seq && numbered.userid === userid && of.low === low && of.high === high,
    );
    for (const message of found) message.isRecalled = true;
    if (onlyWaiting && found.length === 0) return;
    // The message may be among those that are being written.
    await this.#keeping?.catch(() => {});
    await this.#open();
    await this.#reading(() => this.#remove(conversation, at * 1000, isIt));
  }

  async #remove(conversation: Conversation, from: number, isIt: (document: string) => boolean) {
    const range = { ...conversation, member: undefined, above: 0, from, until: from + WITHIN, newest: true };
    for (let below: number | undefined = MOST_NUMBER; below !== undefined; ) {
      const page: HistoryFound = await this.#options.store.historyPage({ ...range, below, most: MOST_PAGE });
      const found = page.rows.filter(({ document }) => isIt(document)).map(({ number }) => number);
      if (found.length > 0) return this.#options.store.removeHistory(conversation, found);
      below = page.next;
    }
  }

  /** Writes the messages that wait, if the database takes them; the others are counted. No message is kept any more. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    await this.#expiry.close();
    await this.#writing?.catch(() => {});
    await this.#write().catch((error) => unexpected(error, 'writing the history'));
    this.#miss(this.#waiting.length, 'the server has stopped');
    this.#waiting = [];
  }

  /** Makes the tables, once. */
  #open(): Promise<void> {
    this.#isOpen ??= this.#options.store.openHistory().catch((error) => {
      this.#isOpen = undefined;
      throw error;
    });
    return this.#isOpen;
  }

  /** Begins to write after `ms`, unless that is planned or begun. */
  #plan(ms: number): void {
    if (this.#timer !== undefined || this.#writing !== undefined || this.#closing) return;
    const begin = guarded('writing the history', () => {
      this.#timer = undefined;
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
        if (this.#waiting.length > 0) this.#plan(RETRY);
      });
      return this.#writing;
    });
    this.#timer = setTimeout(begin, ms);
  }

  /** Writes until nothing waits, or the database is away. */
  async #write(): Promise<void> {
    // After a batch that the database refuses its messages go one by one: one is at fault, and costs no other.
    for (let single = 0; this.#waiting.length > 0; single--) {
      const batch = single > 0 ? this.#waiting.slice(0, 1) : this.#first();
      try {
        await this.#open();
        await this.#keep(await this.#toExisting(batch));
      } catch (error) {
        if (error instanceof StoreUnavailable) {
          this.#gaps.add({ reason: error.message }, 'the history waits for the database');
          return;
        }
        if (batch.length > 1) {
          single = batch.length + 1;
          continue;
        }
        unexpected(error, 'writing the history');
        this.#miss(1, 'it could not be written');
      }
      this.#waiting.splice(0, batch.length);
      for (const { bytes } of batch) this.#bytes -= bytes;
    }
  }

  async #keep(batch: readonly Waiting[]): Promise<void> {
    const messages = batch.filter(({ isRecalled }) => !isRecalled);
    if (messages.length === 0) return;
    this.#keeping = this.#options.store.keepHistory(messages.map((message) => this.#toKeep(message)));
    await this.#keeping;
    this.#counts.kept += messages.length;
  }

  /** The messages that are written together. */
  #first(): Waiting[] {
    let [bytes, searched] = [0, 0];
    const end = this.#waiting.findIndex(({ document }, i) => {
      bytes += document.length;
      searched += Math.min(document.length, SEARCHED);
      return i === BATCH_MESSAGES || (i > 0 && (bytes > BATCH_BYTES || searched > BATCH_SEARCHED));
    });
    return this.#waiting.slice(0, end < 0 ? BATCH_MESSAGES : end);
  }

  /** Without messages to ids that no account has: else their senders could fill the table. */
  async #toExisting(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    const isUnknown = (id: number | undefined): id is number => id !== undefined && !this.#known.has(id);
    const unknown = [...new Set(batch.map(({ to }) => to).filter(isUnknown))];
    if (unknown.length === 0) return batch;
    const existing = new Set(await this.#options.store.existing(unknown));
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
    for (const id of existing) this.#known.add(id);
    const isMissing = (id: number | undefined) =>
      id !== undefined && unknown.includes(id) && !existing.has(id);
    return batch.filter(({ to }) => !isMissing(to));
  }

  #toKeep({ conversation, at, document }: Waiting): KeptMessage {
    return { ...conversation, at, document, text: folded(this.#textOf(document)) };
  }

  #textOf(document: string): string {
    const fields: Readonly<Record<string, unknown>> = JSON.parse(document);
    const texts = this.#options.texts.map((name) => fields[name]);
    return texts.find((text) => typeof text === 'string') ?? '';
  }

  #miss(count: number, reason: string): void {
    if (count === 0) return;
    this.#counts.missed += count;
    this.#gaps.add({ reason }, 'the history has a gap');
  }
}
