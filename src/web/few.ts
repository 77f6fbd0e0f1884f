/**
 * Does at most a given number of jobs at a time, and the rest after them, in order.
 */
export class Few {
  private readonly most: number;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(most: number) {
    this.most = most;
  }

  /** How many wait for their turn. */
  get waits(): number {
    return this.waiting.length;
  }

  /** Resolves or rejects as the work does; the work begins when there is room. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.most) await new Promise<void>((begin) => this.waiting.push(begin));
    else this.running++;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }
}
