import type { Connection } from '../net/connection.js';
import { Folded } from '../ops/folded.js';
import type { Log } from '../ops/log.js';
import type { Message } from '../protocol/message.js';

/** Says what messages look like that the dialect does not understand. */
export interface Explainer {
  document(document: Readonly<Record<string, unknown>>): string | undefined;
  framing(bytes: Buffer): string | undefined;
}

/** At most 5 messages of a connection are looked at. */
const LOOKS = 5;
/** At most 20 messages a second are looked at, whoever sends them. */
const LOOKS_PER_SECOND = 20;
/**
 * At most this long is a message that is looked at, in bytes: a client that only speaks another dialect sends short
 * ones.
 */
const LONGEST = 2048;

/** Tells, once for each connection, in which dialect its client seems to speak. */
export class Hints {
  private readonly looks = new WeakMap<Connection, number>();
  private readonly folded: Folded;
  private second = 0;
  private looksNow = 0;
  private readonly explain: Explainer | undefined;

  /** @param explain without it nothing is told */
  constructor(explain: Explainer | undefined, log: Log) {
    this.explain = explain;
    this.folded = new Folded(log);
  }

  /** A connection has sent its first bytes. */
  first({ address }: Connection, bytes: Buffer): void {
    const text = this.explain?.framing(bytes);
    if (text !== undefined) this.tell(address, text);
  }

  /** A message could not be handled. */
  missed(connection: Connection, message: Message): void {
    const looks = this.looks.get(connection) ?? 0;
    if (looks === LOOKS || this.explain === undefined) return;
    if (message.length > LONGEST || !this.hasTime()) return;
    const document = plain(message);
    const text = document && this.explain.document(document);
    this.looks.set(connection, text === undefined ? looks + 1 : LOOKS);
    if (text !== undefined) this.tell(connection.address, text);
  }

  /**
   * A look costs much more than the message itself: where very many messages are missed, only a sample is looked at.
   */
  private hasTime(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.looksNow = 0;
    }
    return ++this.looksNow <= LOOKS_PER_SECOND;
  }

  private tell(address: string, text: string): void {
    this.folded.add({ address }, text);
  }
}

function plain(message: Message): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(String(message.relay()));
  } catch {
    // A number beyond any double, or so deep that nobody has it.
    return undefined;
  }
}
