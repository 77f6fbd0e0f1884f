import { type Fields, Folded } from './folded.js';
import type { Log } from './log.js';

/** Counts what was dropped or lost, and logs it without ever flooding the log (DIFFERENCES 2). */
export class Drops {
  /** What was dropped, by reason: it could not be handled, or its sender could not expect it to arrive. */
  readonly counts = new Map<string, number>();
  /** How many messages were lost: accepted, for somebody who exists, and never to arrive. */
  lost = 0;
  private readonly dropped: Folded;
  private readonly losses: Folded;

  constructor(log: Log) {
    this.dropped = new Folded(log);
    this.losses = new Folded(log, 'error');
  }

  /**
   * @param reason one of a few: each is a label of a metric
   * @param about who sent it, from where, to whom: addresses and numbers; nothing of what was written
   */
  add(reason: string, about: Fields): void {
    this.count(reason);
    this.dropped.add({ reason, ...about }, 'message dropped');
  }

  /** A message that was accepted is lost. The parameters are those of `add`. */
  lose(reason: string, about: Fields): void {
    this.lost++;
    this.losses.add({ reason, ...about }, 'message lost');
  }

  /** Counts without a line in the log. */
  count(reason: string): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }
}
