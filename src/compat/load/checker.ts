/** The most numbers that are remembered as missing: of a server that loses more, more is not told apart. */
const MOST = 1_000_000;

/** Watches the numbered messages of one sender at one receiver: what is lost, comes twice or out of order. */
export class Checker {
  twice = 0;
  disordered = 0;
  readonly #missing = new Set<number>();
  #next = 0;

  /** A number came. Returns whether it is a new one. */
  came(number: number): boolean {
    if (number >= this.#next) {
      for (let n = this.#next; n < number && this.#missing.size < MOST; n++) this.#missing.add(n);
      this.#next = number + 1;
      return true;
    }
    if (this.#missing.delete(number)) {
      this.disordered++;
      return true;
    }
    this.twice++;
    return false;
  }

  /** How many of those that were sent have not come. */
  lost(sent: number): number {
    return this.#missing.size + Math.max(0, sent - this.#next);
  }
}
