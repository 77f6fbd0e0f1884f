import type { Step } from './clock.js';

/** One direction of a connection: slow, but in order; what is on it when it is cut is lost. */
export class Wire {
  isCut = false;
  #cuts = 0;
  #last: Promise<unknown> = Promise.resolve();
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  /** Does something when its turn comes, after all that was passed before; resolves with `otherwise` when it is lost. */
  async pass<T>(label: string, work: () => T | Promise<T>, otherwise: T): Promise<Awaited<T>> {
    const cuts = this.#cuts;
    const isLost = () => this.isCut || this.#cuts !== cuts;
    const passed = this.#last.then(async () => {
      if (!isLost()) await this.#step(label);
      return isLost() ? otherwise : work();
    });
    this.#last = passed.catch(() => undefined);
    return await passed;
  }

  cut(): void {
    this.isCut = true;
    this.#cuts++;
  }
}
