/** Lets so many lines a second into the log, and counts the others: it is never flooded. */
export class Rate {
  private readonly perSecond: number;
  private second = 0;
  private logged = 0;
  private unlogged = 0;

  constructor(perSecond = 10) {
    this.perSecond = perSecond;
  }

  /** Whether a line may be logged now; its field tells how many were not since the last one. */
  take(): { readonly unlogged?: number } | undefined {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.logged = 0;
    }
    if (this.logged >= this.perSecond) {
      this.unlogged++;
      return undefined;
    }
    this.logged++;
    const { unlogged } = this;
    this.unlogged = 0;
    return unlogged > 0 ? { unlogged } : {};
  }
}
