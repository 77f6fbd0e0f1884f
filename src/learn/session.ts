import type { Plain } from '../dialect/shapes.js';
import type { Framing } from '../protocol/dialect.js';
import { Cutter } from './cutter.js';

export type Side = 'client' | 'server';

/** One document, and who said it on which connection. */
export interface Said {
  readonly from: Side;
  readonly connection: number;
  readonly document: Plain;
}

/** The most bytes of all that is said that are kept as documents. */
const MOST = 1 << 26;

/** The documents that were overheard, of clients and of their server, in order. */
export class Session {
  readonly said: Said[] = [];
  /** More was said than was kept. */
  isCut = false;
  #kept = 0;
  readonly #cutters = new Map<string, Cutter>();
  readonly #framing = new Map<Side, Framing>();

  /** Bytes of one side of a connection. Returns the documents that they complete. */
  heard(from: Side, connection: number, bytes: Buffer): readonly Plain[] {
    const key = `${from} ${connection}`;
    const cutter = this.#cutters.get(key) ?? new Cutter();
    this.#cutters.set(key, cutter);
    const documents = cutter.push(bytes);
    this.#kept += bytes.length;
    if (this.#kept > MOST) this.isCut = true;
    else for (const document of documents) this.said.push({ from, connection, document });
    if (cutter.framing !== 'none') this.#framing.set(from, cutter.framing);
    return documents;
  }

  /** The same up to a number of documents, and of members of documents. */
  first(documents: number, members: number): Session {
    const session = new Session();
    let counted = 0;
    for (const one of this.said.slice(0, documents)) {
      counted += Object.keys(one.document).length;
      if (counted > members) break;
      session.said.push(one);
    }
    session.isCut = this.isCut || session.said.length < this.said.length;
    for (const [side, framing] of this.#framing) session.#framing.set(side, framing);
    return session;
  }

  /** The bytes that a side puts around its documents. */
  framing(from: Side): Framing {
    return this.#framing.get(from) ?? 'none';
  }

  /** Documents of one side. */
  of(from: Side): Said[] {
    return this.said.filter((said) => said.from === from);
  }
}
