import type { Log } from './log.js';
import { Rate } from './rate.js';

/** Counts what was dropped, by reason, and logs it without ever flooding the log (DIFFERENCES 2). */
export class Drops {
  readonly counts = new Map<string, number>();
  private readonly rate = new Rate();
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  /** @param address where the client is; nothing of what it sent is logged */
  add(reason: string, address: string): void {
    this.count(reason);
    const taken = this.rate.take();
    if (taken !== undefined) this.log.warn({ reason, address, ...taken }, 'message dropped');
  }
  /** Counts without a line in the log. */
  count(reason: string): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }
}
