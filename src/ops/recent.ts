import { readable } from './readable.js';

/** One line of the log that a person should see. */
export interface Entry {
  /** In ms since 1970. */
  readonly time: number;
  readonly level: number;
  readonly message: string;
  /** Its fields, for reading. */
  readonly fields: string;
}

/** So many lines are kept. */
const KEPT = 50;

/** The last warnings and errors of the log. */
export class Recent {
  private readonly entries: Entry[] = [];

  /** The oldest first. */
  all(): readonly Entry[] {
    return this.entries;
  }

  /** @param args what the log was called with: fields and text, or only the text */
  add(level: number, args: readonly unknown[]): void {
    const [fields, text] = typeof args[0] === 'string' ? [{}, args[0]] : [args[0], args[1]];
    this.entries.push({ time: Date.now(), level, message: String(text), fields: readable(fields) });
    if (this.entries.length > KEPT) this.entries.shift();
  }
}
