import type { Words } from '../words-of.js';

/** The list in a longer reply is not looked for, in characters. */
const LONGEST = 1 << 18;

/** The reply to a login, and the stored messages that it brought. */
export interface Unpacked {
  /** The reply as it would be without them. */
  readonly reply: string;
  readonly messages: readonly string[];
}

/**
 * Takes the stored messages out of replies to logins. Whether a message comes at once or is stored depends on who is
 * faster, its sender or its receiver who logs out: it is the same message.
 */
export class Unpacking {
  readonly #words: Words;
  readonly #list: RegExp | undefined;

  constructor(words: Words) {
    this.#words = words;
    const name = words.storedName()?.replace(/[^\w]/g, '\\$&');
    const text = '"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"';
    this.#list = name === undefined ? undefined : new RegExp(`"${name}"\\s*:\\s*\\[(?:${text},?)*\\]`);
  }

  /** Takes them out of the text of a reply to a login. */
  of(text: string): Unpacked {
    if (this.#list === undefined || text.length > LONGEST) return { reply: text, messages: [] };
    const list = this.#list.exec(text);
    if (list === null) return { reply: text, messages: [] };
    const [before, after] = [text.slice(0, list.index).trimEnd(), text.slice(list.index + list[0].length)];
    const reply = (before.endsWith(',') ? before.slice(0, -1) : before) + after;
    return { reply: reply.replace(/^\{,/, '{'), messages: this.#words.stored(text) };
  }
}
