/**
 * The writes that a client has not confirmed. Both sides count the same, bytes or documents, from the beginning of the
 * connection on.
 */
export class Unconfirmed {
  private said = 0;
  private done = 0;
  private waiting: { readonly until: number; readonly taken: () => void } | undefined;

  /** The count that the client has confirmed. */
  get confirmed(): number {
    return this.said;
  }

  /** The count up to which nothing comes again: the client has confirmed these writes as a whole. */
  get taken(): number {
    return this.done;
  }

  /** Whether something is waited for. */
  get isWaiting(): boolean {
    return this.waiting !== undefined;
  }

  /** A write ends at this count. `taken` is called once the client has confirmed all of it. */
  wait(until: number, taken: () => void): void {
    this.waiting = { until, taken };
  }

  /**
   * The client confirms. False when that cannot be: the count is more than was written, or less than the last one.
   */
  confirm(count: number, written: number): boolean {
    if (!(count >= this.said && count <= written)) return false;
    this.said = count;
    const { waiting } = this;
    if (waiting === undefined || count < waiting.until) return true;
    this.waiting = undefined;
    this.done = count;
    waiting.taken();
    return true;
  }

  /** The write is not waited for any more. */
  forget(): void {
    this.waiting = undefined;
  }
}
