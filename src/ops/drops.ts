import type { Log } from './log.js';

/** At most so many drops are logged per second; all are counted. */
const LOGGED_PER_SECOND = 10;

/** Counts what was dropped, by reason, and logs it without ever flooding the log (DIFFERENCES 2). */
export class Drops {
  readonly counts = new Map<string, number>();
  private second = 0;
  private logged = 0;
  private unlogged = 0;
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  /** @param address where the client is; nothing of what it sent is logged */
  add(reason: string, address: string): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.logged = 0;
    }
    if (this.logged >= LOGGED_PER_SECOND) {
      this.unlogged++;
      return;
    }
    this.logged++;
    this.log.warn(
      { reason, address, ...(this.unlogged > 0 && { unlogged: this.unlogged }) },
      'message dropped',
    );
    this.unlogged = 0;
  }
}
