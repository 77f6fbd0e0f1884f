import { setTimeout as delay } from 'node:timers/promises';
import { build, type Histogram } from 'hdr-histogram-js';

/** How long nothing may arrive before what is still missing counts as lost, in ms. */
const SILENCE = 2000;

/** Counts the operations of a scenario, and how long they took. */
export class Tally {
  begun = 0;
  done = 0;
  /** Whether what is done is to be followed by the next. */
  going = true;
  /** The first fault. */
  failure: string | undefined;
  #latency = newHistogram();
  readonly #failed = new AbortController();

  /** One operation that began at `since`, in ms of performance.now(), has come to its end at `now`. */
  finish(since: number, now: number): void {
    this.done++;
    this.#latency.recordValue(Math.round((now - since) * 1000));
  }

  /** How long the operations took since this was asked last, in microseconds. */
  takeLatency(): Histogram {
    const latency = this.#latency;
    this.#latency = newHistogram();
    return latency;
  }

  /** Something went wrong; the scenario goes on. */
  note(reason: string): void {
    this.failure ??= reason;
  }

  /** The scenario cannot go on. */
  fail(reason: string): void {
    this.note(reason);
    this.going = false;
    this.#failed.abort();
  }

  /** Resolves after `ms`, or when it fails before that. */
  async lasts(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#failed.signal }).catch(() => {});
  }

  /** Begins nothing more, and waits for what has begun. Returns how many operations never came to their end. */
  async stop(): Promise<number> {
    this.going = false;
    let seen = -1;
    for (let since = performance.now(); this.done < this.begun; await delay(10)) {
      if (this.done !== seen) since = performance.now();
      seen = this.done;
      if (performance.now() - since > SILENCE) break;
    }
    return this.begun - this.done;
  }
}

/** An empty one, for microseconds up to a minute. */
export function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
}
