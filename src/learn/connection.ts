import type { Listener } from './listen.js';
import type { Segment } from './segment.js';
import type { Side } from './session.js';
import { Stream } from './stream.js';

/** One connection of a capture. A listener hears of it from its first byte on: a scan of ports says nothing. */
export class Connection {
  readonly #number: number;
  readonly #first: Segment;
  readonly #streams = new Map<Side, Stream>();
  readonly #ended = new Set<Side>();
  #hasSpoken = false;

  /** @param first its first segment in the capture */
  constructor(number: number, first: Segment) {
    this.#number = number;
    this.#first = first;
  }

  /** It was opened before the capture begins, or bytes are missing in it. */
  get hasGap(): boolean {
    if (this.#hasSpoken && !this.#first.starts) return true;
    return [...this.#streams].some(([side, stream]) => !this.#ended.has(side) && stream.hasHole);
  }

  /** A segment opens another connection from the same port, and is not the first one of this that came twice. */
  isOver({ opens, sequence }: Segment): boolean {
    return opens && !(this.#first.opens && this.#first.sequence === sequence);
  }

  /** Takes a segment of a side. */
  take(from: Side, segment: Segment, listener: Listener): void {
    const stream = this.#streams.get(from) ?? new Stream(segment);
    this.#streams.set(from, stream);
    for (const bytes of stream.take(segment)) {
      if (!this.#hasSpoken) listener.opened?.(this.#number);
      this.#hasSpoken = true;
      listener.heard(from, this.#number, bytes);
    }
    if ((!segment.resets && !stream.hasEnded) || this.#ended.has(from)) return;
    this.#ended.add(from);
    if (this.#hasSpoken) listener.ended?.(from, this.#number, segment.resets);
  }
}
