import type { Connection } from '../net/connection.js';
import type { Log } from '../ops/log.js';
import { Rate } from '../ops/rate.js';
import type { Message } from '../protocol/message.js';

/** Says what messages look like that the dialect does not understand. */
export interface Explainer {
  document(document: Readonly<Record<string, unknown>>): string | undefined;
  framing(bytes: Buffer): string | undefined;
}

/** So many messages of a connection are looked at. */
const LOOKS = 5;

/** Tells, once for each connection, in which dialect its client seems to speak. */
export class Hints {
  private readonly looks = new WeakMap<Connection, number>();
  private readonly rate = new Rate();
  private readonly explain: Explainer | undefined;
  private readonly log: Log;

  /** @param explain without it nothing is told */
  constructor(explain: Explainer | undefined, log: Log) {
    this.explain = explain;
    this.log = log;
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
    const document = plain(message);
    const text = document && this.explain.document(document);
    this.looks.set(connection, text === undefined ? looks + 1 : LOOKS);
    if (text !== undefined) this.tell(connection.address, text);
  }

  private tell(address: string, text: string): void {
    const taken = this.rate.take();
    if (taken !== undefined) this.log.warn({ address, ...taken }, text);
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
