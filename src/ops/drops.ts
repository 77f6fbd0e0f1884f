import { type Fields, Folded } from './folded.js';
import type { Log } from './log.js';

/** Counts dropped and lost messages, and logs them without ever flooding the log (DIFFERENCES 2). */
export class Drops {
  /** Dropped messages by their reasons: each could not be handled, or its sender could not expect it to arrive. */
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
   * @param about sender, address and receiver: addresses and numbers; never a text
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
