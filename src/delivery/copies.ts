import type { Letter } from '../bus/letter.js';

/** Under which numbers a message is in the spool, for each of its users. */
export class Copies {
  private readonly numbers = new Map<number, number>();
  private readonly remove: (number: number) => void;

  /** @param remove takes one out of the spool */
  constructor(remove: (number: number) => void) {
    this.remove = remove;
  }

  has(userid: number): boolean {
    return this.numbers.has(userid);
  }

  add(userid: number, number: number): void {
    this.numbers.set(userid, number);
  }

  /** The message needs no copy for this user any more. */
  drop(userid: number): void {
    const number = this.numbers.get(userid);
    if (number === undefined) return;
    this.numbers.delete(userid);
    this.remove(number);
  }
}

/** A message that can be in the spool. */
export interface Copied extends Letter {
  copies: Copies | undefined;
}

export function canBeCopied(letter: Letter): letter is Copied {
  return 'copies' in letter;
}
