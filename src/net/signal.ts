/** Something that happens again and again, and that others wait for. Any number may wait at the same time. */
export class Signal {
  private promise: Promise<void> | undefined;
  private resolve: (() => void) | undefined;
  private others: Set<() => void> | undefined;

  /** Resolves when it happens next. */
  next(): Promise<void> {
    this.promise ??= new Promise((resolve) => {
      this.resolve = resolve;
    });
    return this.promise;
  }

  /**
   * Resolves when any of these happens next. It leaves nothing behind at the others: with `Promise.race` and `next` each
   * wait would keep some memory until they happen, too.
   */
  static async first(...signals: readonly Signal[]): Promise<void> {
    let stop = () => {};
    const told = new Promise<void>((resolve) => {
      stop = resolve;
    });
    for (const signal of signals) signal.add(stop);
    await told;
    for (const signal of signals) signal.others?.delete(stop);
  }

  /**
   * Resolves with `work`, or when it happens next and `isSo` returns true. A wait that `work` ends leaves nothing behind:
   * with `Promise.race` and `next` each wait would keep some memory until the signal happens, which may be never.
   */
  async or(work: Promise<unknown>, isSo = () => true): Promise<void> {
    let stop = () => {};
    const told = new Promise<void>((resolve) => {
      stop = () => {
        if (isSo()) resolve();
      };
    });
    this.add(stop);
    await Promise.race([work, told]).finally(() => this.others?.delete(stop));
  }

  /** Resolves when `isSo` returns true, which is asked whenever this happens; after `ms` at the latest. */
  async until(isSo: () => boolean, ms: number): Promise<void> {
    let isLate = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve();
      }, ms);
    });
    while (!isSo() && !isLate) await Promise.race([this.next(), late]);
    clearTimeout(timer);
  }

  /** It happens now: all who wait go on. */
  tell(): void {
    const { resolve } = this;
    this.promise = undefined;
    this.resolve = undefined;
    resolve?.();
    for (const other of this.others ?? []) other();
  }

  private add(stop: () => void): void {
    this.others ??= new Set();
    this.others.add(stop);
  }
}
