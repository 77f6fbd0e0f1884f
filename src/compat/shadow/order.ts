/** A request that waits until all that held it up is over. */
interface Waiting {
  readonly after: number;
  go(): void;
}

/** Something that is not over: when it began, and since when nothing else has held up its end. */
export interface Open {
  readonly at: number;
  since: number;
}

/**
 * Gives up the oldest if it is open since before then. What the second server has not been sent cannot have ended it, and
 * what came behind it may have been held up by it: that counts from now.
 *
 * @param queued when the oldest of what has not left for the second server was sent
 */
export function expireOldest(open: Map<number, Open>, before: number, now: number, queued: number): void {
  const [first] = open;
  if (first === undefined) return;
  const [number, oldest] = first;
  if (oldest.at > queued) oldest.since = now;
  if (oldest.since > before) return;
  open.delete(number);
  for (const other of open.values()) other.since = now;
}

/**
 * Keeps causes before effects on the second server, whose clients do not wait for its answers.
 *
 * 1. What changes who is logged in is numbered when the first server has told of it, and over when the second one has, too.
 * 2. A request may leave for the second server when all is over that had a number when the client sent it.
 * 3. Nothing holds anybody up for longer than expire() lets it.
 */
export class Order {
  /** By their numbers, which ascend. */
  readonly #open = new Map<number, Open>();
  #waiting: Waiting[] = [];
  #last = 0;

  /** The highest number so far. */
  get last(): number {
    return this.#last;
  }

  /** Gives out a number. */
  begin(at: number): number {
    this.#open.set(++this.#last, { at, since: at });
    return this.#last;
  }

  /** A number is over. */
  done(number: number): void {
    if (this.#open.delete(number)) this.#go();
  }

  /** See expireOldest(). */
  expire(before: number, now: number, queued: number): void {
    expireOldest(this.#open, before, now, queued);
    this.#go();
  }

  /** Whether all is over up to a number. */
  isOver(after: number): boolean {
    const [oldest = Number.POSITIVE_INFINITY] = this.#open.keys();
    return oldest > after;
  }

  /** Calls `go` as soon as all is over up to a number; they ascend from call to call. */
  whenOver(after: number, go: () => void): void {
    this.#waiting.push({ after, go });
  }

  #go(): void {
    let ready = 0;
    while (ready < this.#waiting.length && this.isOver(this.#waiting[ready]?.after ?? 0)) ready++;
    if (ready === 0) return;
    for (const { go } of this.#waiting.splice(0, ready)) go();
  }
}
