import { Copies, type Message } from '../bus/message.js';
import { type Flushable, flushLater } from '../net/flusher.js';
import type { FiledMessage, MessageFile } from '../store/message-file.js';

/** At most 1,000 messages and 1 MiB are written at once; the event loop goes on between two writes. */
const MOST = 1000;
const MOST_BYTES = 1_048_576;
/** How long to wait before a file that cannot be written is tried again, in ms. */
const RETRY = 500;

/** A message that is to be written. */
interface Added extends FiledMessage {
  /** Its older copy in the file, which goes when this one is written: in between a kill -9 would lose it. */
  readonly older: number | undefined;
}

/** Messages that wait, in the order in which they go on to their users. */
export type Waiting = Iterable<readonly [userid: number, message: Message]>;

/**
 * Copies of the messages that wait because the store is away, in a file that survives a kill -9. A message stays in it
 * until it has left or is stored. All changes of one turn of the event loop are written together.
 */
export class Spool implements Flushable {
  private readonly file: MessageFile;
  private readonly added = new Map<number, Added>();
  private readonly removed = new Set<number>();
  private readonly remove = (number: number) => this.takeOut(number);
  private last: number;
  private copying = false;
  private scheduled = false;
  private closed = false;
  private failing = false;
  private readonly failed: (reason: unknown) => void;

  /** @param failed is told why, when the file cannot be written and is tried again, and undefined when it can be */
  constructor(file: MessageFile, failed: (reason: unknown) => void) {
    this.file = file;
    this.failed = failed;
    this.last = file.last;
  }

  /** The path of its file. */
  get path(): string {
    return this.file.path;
  }

  /** How many messages are in the file. */
  get count(): number {
    return this.file.count;
  }

  /** Whether messages that wait are copied. */
  get isCopying(): boolean {
    return this.copying;
  }

  /** The store is away or late: all messages that wait are copied, and those that come from now on. */
  begin(waiting: Waiting): void {
    if (this.copying || this.closed) return;
    this.copying = true;
    const begun = new Set<number>();
    for (const [userid, message] of waiting) {
      if (isNew(userid, message)) begun.add(userid);
      // A message that was copied before, and is behind one that was not, gets a higher number.
      if (begun.has(userid)) this.copyAgain(userid, message);
    }
  }

  /** The store is there: messages that come from now on need no copy. */
  end(): void {
    this.copying = false;
  }

  /** Copies a message that goes behind all others for its user, unless it has been copied. */
  copy(userid: number, message: Message): void {
    if (isNew(userid, message)) this.add(userid, message, undefined);
  }

  /** Copies messages that go before others in their user's queue: the file shall have the same order. */
  copyBefore(userid: number, messages: readonly Message[], others: readonly Message[]): void {
    if (!messages.some((message) => isNew(userid, message))) return;
    for (const message of [...messages, ...others]) this.copyAgain(userid, message);
  }

  /** The message that is in the file under this number is kept again. */
  adopt(message: Message, { userid, number }: FiledMessage): void {
    message.copies = new Copies(this.remove);
    message.copies.add(userid, number);
  }

  /** The messages that a former process left, oldest first, a page at a time. */
  *left(): Iterable<FiledMessage[]> {
    const { last } = this;
    for (let from = 0; from < last; ) {
      const page = this.file.after(from, MOST).filter(({ number }) => number <= last);
      yield page;
      from = page.at(-1)?.number ?? last;
    }
  }

  flush(): void {
    this.scheduled = false;
    if (this.closed) return;
    if (!this.write()) setTimeout(() => this.flush(), RETRY).unref();
    else if (this.added.size + this.removed.size > 0) setImmediate(() => this.flush());
    else return;
    this.scheduled = true;
  }

  /** Copies the messages that still wait, and closes the file. Returns how many of them could not be written. */
  close(waiting: Waiting): number {
    this.copying = false;
    this.begin(waiting);
    while (this.added.size + this.removed.size > 0 && this.write());
    this.closed = true;
    const unwritten = [...this.added.values()].filter(({ older }) => older === undefined).length;
    this.file.close();
    return unwritten;
  }

  /** Under a number above all others. */
  private copyAgain(userid: number, message: Message): void {
    if (message.origin === 'mark') return;
    const number = message.copies?.numberFor(userid);
    this.add(userid, message, number === undefined ? undefined : this.forget(number));
  }

  private add(userid: number, message: Message, older: number | undefined): void {
    const number = ++this.last;
    message.copies ??= new Copies(this.remove);
    message.copies.add(userid, number);
    this.added.set(number, { number, userid, bytes: message.bytes, older });
    this.flushSoon();
  }

  private takeOut(number: number): void {
    const inFile = this.forget(number);
    if (inFile !== undefined) this.removed.add(inFile);
    this.flushSoon();
  }

  /** This copy is not to be written any more. Returns under which number the message is in the file, if it is. */
  private forget(number: number): number | undefined {
    const added = this.added.get(number);
    this.added.delete(number);
    return added === undefined ? number : added.older;
  }

  private flushSoon(): void {
    if (this.scheduled || this.closed) return;
    this.scheduled = true;
    flushLater(this);
  }

  /** Writes the first of the changes. False when the file cannot be written. */
  private write(): boolean {
    const added = firstOf(this.added.values(), ({ bytes }) => bytes.length);
    const replaced = added.flatMap(({ older }) => older ?? []);
    const removed = [...replaced, ...firstOf(this.removed, () => 0)];
    try {
      if (added.length + removed.length > 0) this.file.change(added, removed);
    } catch (error) {
      this.setFailing(true, error);
      return false;
    }
    this.setFailing(false, undefined);
    for (const { number } of added) this.added.delete(number);
    for (const number of removed) this.removed.delete(number);
    return true;
  }

  private setFailing(failing: boolean, reason: unknown): void {
    if (failing === this.failing) return;
    this.failing = failing;
    this.failed(reason);
  }
}

function isNew(userid: number, message: Message): boolean {
  return message.origin !== 'mark' && !message.copies?.has(userid);
}

function firstOf<T>(all: Iterable<T>, size: (one: T) => number): T[] {
  const first: T[] = [];
  let bytes = 0;
  for (const one of all) {
    bytes += size(one);
    if (first.length === MOST || (bytes > MOST_BYTES && first.length > 0)) break;
    first.push(one);
  }
  return first;
}
