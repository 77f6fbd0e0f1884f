import type { Clue } from './numbers.js';
import { numberOf } from './numbers.js';

/** The most kinds that are told apart, and the most of an example that is kept, in characters. */
const [MOST, LONGEST] = [200, 4000];

/** One kind of difference, with the first that was found of it. */
export interface Kind {
  readonly about: string;
  readonly where: string;
  readonly how: Clue['how'];
  /** In DIFFERENCES.md. */
  readonly number?: number;
  count: number;
  /** The document of each server; undefined: none. */
  readonly example: { readonly first?: string; readonly second?: string };
}

/** Lists each kind of difference once. */
export class Kinds {
  /** How many differences are of kinds for which there was no place. */
  more = 0;
  readonly #kinds = new Map<string, Kind>();
  readonly #isNew: (kind: Kind) => void;

  /** @param isNew is told of each kind when it is found first */
  constructor(isNew: (kind: Kind) => void) {
    this.#isNew = isNew;
  }

  /** The kinds, in the order in which they were found. */
  get all(): Kind[] {
    return [...this.#kinds.values()];
  }

  /** A difference was found. */
  add(clue: Clue): void {
    const { about, where, how, first, second } = clue;
    const number = numberOf(clue);
    const key = JSON.stringify([about, where, how, number]);
    const known = this.#kinds.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    if (this.#kinds.size >= MOST) {
      this.more++;
      return;
    }
    const kind: Kind = {
      ...{ about, where, how, count: 1 },
      ...(number !== undefined && { number }),
      example: {
        ...(first !== undefined && { first: around(first, second) }),
        ...(second !== undefined && { second: around(second, first) }),
      },
    };
    this.#kinds.set(key, kind);
    this.#isNew(kind);
  }
}

/** A text, or the part of a long one around where it begins to differ. */
function around(text: string, other = ''): string {
  if (text.length <= LONGEST) return text;
  let at = 0;
  while (at < text.length && text[at] === other[at]) at++;
  const start = Math.max(0, Math.min(at - LONGEST / 2, text.length - LONGEST));
  return text.slice(start, start + LONGEST);
}
