/** Random numbers that are the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Random numbers for work that goes on beside other work: these do not depend on which is faster. */
  fork(): Random {
    return new Random(this.int(2 ** 32));
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 to below `limit`. */
  int(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them, or undefined when there is none. */
  pick<T>(items: Iterable<T>): T | undefined {
    const list = [...items];
    return list[this.int(list.length)];
  }

  shuffle<T>(items: Iterable<T>): T[] {
    const list = [...items];
    for (let i = list.length - 1; i > 0; i--) {
      const k = this.int(i + 1);
      [list[i], list[k]] = [list[k] as T, list[i] as T];
    }
    return list;
  }
}
