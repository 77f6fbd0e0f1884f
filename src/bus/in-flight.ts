import type { Message } from './message.js';
import type { Entry } from './wire.js';

/** An entry of a batch that was sent, with the message that it is about. */
export interface MessageEntry extends Entry {
  kind: number;
  bytes: Buffer;
  readonly message: Message;
}

/** From so many taken places on the array is made anew. */
const MANY = 256;

/** What is in flight to one user, by rising numbers. A queue in which any number is found: a Map does not forget what was in front. */
export class InFlight {
  private all: (readonly [number: number, entry: MessageEntry])[] = [];
  private first = 0;

  get length(): number {
    return this.all.length - this.first;
  }

  numbers(): number[] {
    return this.all.slice(this.first).map(([number]) => number);
  }

  push(number: number, entry: MessageEntry): void {
    this.all.push([number, entry]);
  }

  get(number: number): MessageEntry | undefined {
    const found = this.all[this.indexOf(number)];
    return found?.[0] === number ? found[1] : undefined;
  }

  /** Takes the first, if its number is not above this one. */
  shift(number: number): MessageEntry | undefined {
    const first = this.all[this.first];
    if (first === undefined || first[0] > number) return undefined;
    this.first++;
    if (this.first === this.all.length || this.first >= MANY) this.compact();
    return first[1];
  }

  /** Takes all from this number on. */
  takeFrom(number: number): MessageEntry[] {
    return this.all.splice(this.indexOf(number)).map(([, entry]) => entry);
  }

  /** The index of the first whose number is not below this one. */
  private indexOf(number: number): number {
    let [low, high] = [this.first, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle]?.[0] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private compact(): void {
    this.all = this.all.slice(this.first);
    this.first = 0;
  }
}
