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

/** What was overheard: everything that clients and their server said, in order. */
export class Session {
  readonly said: Said[] = [];
  readonly #cutters = new Map<string, Cutter>();
  readonly #framing = new Map<Side, Framing>();

  /** Bytes of one side of a connection. Returns the documents that they complete. */
  heard(from: Side, connection: number, bytes: Buffer): readonly Plain[] {
    const key = `${from} ${connection}`;
    const cutter = this.#cutters.get(key) ?? new Cutter();
    this.#cutters.set(key, cutter);
    const documents = cutter.push(bytes);
    for (const document of documents) this.said.push({ from, connection, document });
    if (cutter.framing !== 'none') this.#framing.set(from, cutter.framing);
    return documents;
  }

  /** What a side puts around its documents. */
  framing(from: Side): Framing {
    return this.#framing.get(from) ?? 'none';
  }

  /** Documents of one side. */
  of(from: Side): Said[] {
    return this.said.filter((said) => said.from === from);
  }
}
