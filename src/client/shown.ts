import type { ChatMessage, Recalled } from './core/received.js';

/** At most 500 messages are remembered: one that is taken back later is told of without its text. */
const MOST = 500;

/** Messages that a person has been shown, by who has sent them and their numbers. */
export class Shown {
  readonly #lines = new Map<string, string>();

  /** A message was shown as this line. */
  note({ from, document: { seq } }: ChatMessage, line: string): void {
    if (typeof seq !== 'number') return;
    this.#lines.set(`${from.id} ${seq}`, line);
    const [first] = this.#lines.keys();
    if (this.#lines.size > MOST && first !== undefined) this.#lines.delete(first);
  }

  /** The line of a message that was taken back; undefined when it was not shown, or too long ago. */
  lineOf({ from, seq }: Recalled): string | undefined {
    return this.#lines.get(`${from} ${seq}`);
  }
}
