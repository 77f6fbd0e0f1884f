import { InTurn } from '../net/in-turn.js';

/** After this many of those who wait the time is looked at. */
const PART = 100;

/**
 * Serves very many members of groups a part at a time: a message to thousands who are away takes the event loop tens of
 * milliseconds, and several people may write to such a group in the same moment.
 */
export class Crowds {
  readonly #turns = new InTurn();
  readonly #atOnce: number;
  #left: number;

  /** @param atOnce so many members are served in one turn of the event loop before the others wait for theirs */
  constructor(atOnce: number) {
    this.#atOnce = atOnce;
    this.#left = atOnce;
  }

  /**
   * Does the work for all members, in their order: at once where there is room in this turn of the event loop, else in
   * parts. Returns nothing, or a promise for when it is done, which rejects with what the work throws.
   */
  each<T>(members: readonly T[], work: (some: readonly T[]) => void): void | Promise<void> {
    if (members.length > this.#left) return this.#inParts(members, work);
    if (this.#left === this.#atOnce && members.length > 0)
      setImmediate(() => {
        this.#left = this.#atOnce;
      });
    this.#left -= members.length;
    work(members);
  }

  async #inParts<T>(members: readonly T[], work: (some: readonly T[]) => void): Promise<void> {
    for (let from = 0; from < members.length; from += PART) {
      const some = members.slice(from, from + PART);
      await new Promise<void>((resolve, reject) =>
        this.#turns.add(() => {
          try {
            work(some);
            resolve();
          } catch (error) {
            reject(error);
          }
        }),
      );
    }
  }
}
