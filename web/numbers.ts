/** What the server says of a message with a number: where it is, or that nobody gets it. */
export type Fate = 'here' | 'elsewhere' | 'stored' | 'refused';

/** What can have a number. */
interface Numbered {
  seq?: number | undefined;
}

/** The highest number that a message can have. */
export const MOST_SEQ = 2_147_483_647;

/** So many messages that the server has not answered are remembered: it remembers no more, either. */
const MOST = 1000;

/**
 * The numbers of what a user writes (`seq`, PROTOCOL.md section 9): by them the server says what has become of it, and takes
 * it back.
 *
 * 1. A message gets a number when it is written to a connection, and another one when it is written to the next: meanwhile
 *    another device of the user may have given the first one, and the message would count as having come. Counts of
 *    documents (UnderWay) and its name (`mid`) keep it from being shown twice.
 * 2. What the server can say nothing of for the moment is sent again with the number that it has: the server may have it.
 */
export class Numbers<Message extends Numbered> {
  /** The highest number that was given; undefined where the server answers to none. */
  private last: number | undefined;
  private readonly open = new Map<number, Message>();
  private readonly unsure = new Set<Message>();

  /** Somebody has logged in whose last message has this number; undefined: messages have none on this connection. */
  begin(last: number | undefined): void {
    const taken = this.again.at(-1)?.seq ?? 0;
    this.last = last === undefined ? undefined : Math.max(last, taken);
  }

  /** Gives a number to a message that is written now. */
  give(message: Message): number | undefined {
    if (this.unsure.has(message)) return message.seq;
    if (message.seq !== undefined && this.open.get(message.seq) === message) this.open.delete(message.seq);
    message.seq = this.last === undefined || this.last >= MOST_SEQ ? undefined : this.last + 1;
    if (message.seq === undefined) return undefined;
    this.last = message.seq;
    this.open.set(message.seq, message);
    const [oldest = 0] = this.open.keys();
    if (this.open.size > MOST) this.open.delete(oldest);
    return message.seq;
  }

  /** The server says what has become of a message. Returns which one it is; undefined for one that is not waited for. */
  settled(seq: number): Message | undefined {
    const message = this.open.get(seq);
    this.open.delete(seq);
    if (message !== undefined) this.unsure.delete(message);
    return message;
  }

  /** The server can say nothing of a message now. Returns whether that is the first one: soon all are to be sent again. */
  unknown(seq: number): boolean {
    const message = this.open.get(seq);
    const isFirst = this.unsure.size === 0;
    if (message !== undefined) this.unsure.add(message);
    return isFirst && message !== undefined;
  }

  /** Whether it is to be sent again. */
  isUnsure(message: Message): boolean {
    return this.unsure.has(message);
  }

  /** All that is to be sent again, in order. */
  get again(): readonly Message[] {
    return [...this.unsure].sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0));
  }

  /** It is sent as if for the first time. */
  anew(message: Message): void {
    this.unsure.delete(message);
  }

  /** Another user logs in. */
  forget(): void {
    this.open.clear();
    this.unsure.clear();
    this.last = undefined;
  }
}
