/** A document on its way to the server. */
export interface Sent {
  readonly text: string;
  /** Its number among all documents that this tab has sent by its key; 0 while it waits. */
  number: number;
  /** It is sent again over the next connection when nobody knows whether it arrived. */
  readonly again: boolean;
  /** Says whether the server has told by other means that it has it. */
  readonly isOver?: () => boolean;
  done(arrived: boolean): void;
}

/**
 * The documents that this tab has sent, until the server is done with them: it counts the documents of each tab, by a
 * key.
 *
 * A key is used at one server only. Each of several servers (nodes behind one address, workers, one that was restarted)
 * counts by itself: the count of one, taken for that of another, would make a document count as arrived that never did.
 */
export class UnderWay {
  /** The key by which the server knows this tab. */
  key: string;
  private readonly newKey: () => string;
  /** The server's last count; undefined while no server knows the key. */
  private handled: number | undefined;
  private count = 0;
  private documents: Sent[] = [];

  /** @param newKey makes a key that nobody can guess, another one each time */
  constructor(newKey: () => string) {
    this.newKey = newKey;
    this.key = newKey();
  }

  /** Those that wait to be sent, in order. */
  get waiting(): readonly Sent[] {
    return this.documents.filter(({ number }) => number === 0);
  }

  add(sent: Sent): void {
    this.documents.push(sent);
  }

  /** It is being sent. */
  number(sent: Sent): void {
    sent.number = ++this.count;
  }

  /**
   * A connection is open at a server that is done with `handled` documents of this key. The others wait to be sent
   * again, or are given up. False when that is another server: then this tab has another key, and connects by that.
   */
  opened(handled: number): boolean {
    if (this.handled !== undefined && (handled === 0 || handled < this.handled)) {
      this.key = this.newKey();
      this.handled = undefined;
      this.count = 0;
      this.again();
      return false;
    }
    this.done(handled);
    this.count = handled;
    this.again();
    return true;
  }

  /** The server is done with `count` documents. */
  done(count: number): void {
    this.handled = count;
    const isDone = ({ number }: Sent) => number > 0 && number <= count;
    const done = this.documents.filter(isDone);
    this.documents = this.documents.filter((sent) => !isDone(sent));
    for (const sent of done) sent.done(true);
  }

  /** Nothing of it is sent again: it may have arrived or not. */
  giveUp(): void {
    for (const sent of this.documents.splice(0)) sent.done(false);
  }

  /** Documents of the connection before are sent again, or given up. */
  private again(): void {
    const before = this.documents;
    const isOver = (sent: Sent) => sent.number > 0 && sent.isOver?.() === true;
    const over = before.filter(isOver);
    this.documents = before.filter((sent) => sent.again && !isOver(sent));
    for (const sent of this.documents) sent.number = 0;
    for (const sent of before) if (!sent.again) sent.done(false);
    for (const sent of over) if (sent.again) sent.done(true);
  }
}
