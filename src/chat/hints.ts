import type { Connection } from '../net/connection.js';
import { Folded } from '../ops/folded.js';
import type { Log } from '../ops/log.js';
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
  private readonly folded: Folded;
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
    const document = plain(message);
    const text = document && this.explain.document(document);
    this.looks.set(connection, text === undefined ? looks + 1 : LOOKS);
    if (text !== undefined) this.tell(connection.address, text);
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
