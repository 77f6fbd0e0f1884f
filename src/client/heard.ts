import type { ChatMessage } from './core/received.js';

/** The last 1,000 messages of a sender are remembered, as the server does, and the last 1,000 senders. */
const [MOST, MOST_SENDERS] = [1000, 1000];

/** The messages with a number (PROTOCOL.md section 9) that have come. */
export class Heard {
  /** By sender, the one who wrote last at the end. */
  readonly #bySender = new Map<number, Set<number>>();

  /** Whether a message has not come before, and notes it. One without a number is always new. */
  isNew({ from, document: { seq } }: ChatMessage): boolean {
    if (typeof seq !== 'number') return true;
    const numbers = this.#bySender.get(from.id) ?? new Set<number>();
    this.#bySender.delete(from.id);
    this.#bySender.set(from.id, numbers);
    if (this.#bySender.size > MOST_SENDERS) dropFirst(this.#bySender);
    if (numbers.has(seq)) return false;
    numbers.add(seq);
    if (numbers.size > MOST) dropFirst(numbers);
    return true;
  }
}

function dropFirst(all: Map<number, unknown> | Set<number>): void {
  const [first] = all.keys();
  if (first !== undefined) all.delete(first);
}
