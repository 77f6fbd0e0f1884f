/** Something that happens again and again, and that others wait for. Any number may wait at the same time. */
export class Signal {
  private promise: Promise<void> | undefined;
  private resolve: (() => void) | undefined;

  /** Resolves when it happens next. */
  next(): Promise<void> {
    this.promise ??= new Promise((resolve) => {
      this.resolve = resolve;
    });
    return this.promise;
  }

  /** It happens now: all who wait go on. */
  tell(): void {
    const { resolve } = this;
    this.promise = undefined;
    this.resolve = undefined;
    resolve?.();
  }
}
