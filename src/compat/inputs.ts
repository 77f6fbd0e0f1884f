import { packageText } from '../ops/package.js';

/** Stands in every text and password of the corpus: a log that holds it has told what it must not. */
export const SECRET = 'S3CRET';

/** Something that ends the original, or may end a naive server. */
export interface Input {
  readonly name: string;
  readonly why: string;
  readonly bytes: Buffer;
  /** How many documents of it are dropped. */
  readonly drops: number;
  /** The server ends the connection. */
  readonly ends: boolean;
}

type Piece = string | ({ readonly text: string; readonly times: number } | { readonly hex: string });

interface Written {
  readonly name: string;
  readonly why: string;
  readonly bytes: readonly Piece[];
  readonly drops?: number;
  readonly ends?: boolean;
}

/** The corpus of fixtures/hostile. */
export function readInputs(): Input[] {
  const written: Written[] = JSON.parse(packageText('fixtures/hostile/inputs.json'));
  return written.map(({ name, why, bytes, drops = 1, ends = false }) => ({
    name,
    why,
    bytes: Buffer.concat(bytes.map(spellOut)),
    drops,
    ends,
  }));
}

function spellOut(piece: Piece): Buffer {
  if (typeof piece === 'string') return Buffer.from(piece);
  return 'hex' in piece ? Buffer.from(piece.hex, 'hex') : Buffer.from(piece.text.repeat(piece.times));
}
