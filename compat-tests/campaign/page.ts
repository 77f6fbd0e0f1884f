import { randomBytes } from 'node:crypto';
import { Twice } from '../../src/client/core/twice.js';
import type { OnMark } from './line.js';
import { WebLine } from './web-line.js';

/** The name that a page gives to a message. */
export function midOf(from: number, n: number): string {
  return `${from}.${n}`;
}

/** A tab of a browser: its key, and what has come before over any of its connections. */
export class Page {
  readonly #twice = new Twice();
  readonly #onMark: OnMark;

  readonly #pages: ReadonlySet<number>;

  /**
   * @param onMark called for each message that the page shows
   * @param pages whose messages have names: the others write from consoles
   */
  constructor(onMark: OnMark, pages: ReadonlySet<number>) {
    this.#onMark = onMark;
    this.#pages = pages;
  }

  /**
   * Connects to a web port of 127.0.0.1. Rejects when that takes too long or does not work. The key is another one at each
   * place, as a count of documents says nothing at another.
   */
  async open(port: number): Promise<WebLine> {
    const twice = this.#twice;
    const line = await WebLine.open(port, this.#keyAt(port), {
      begin: () => twice.begin(Date.now()),
      confirmed: (count) => twice.confirmed(count),
      message: (from, to, n, number) => {
        const group = to.startsWith('g') ? Number(to.slice(1)) : undefined;
        const document = this.#pages.has(from) ? { mid: midOf(from, n) } : {};
        const chat = { from: { id: from, name: '' }, group, text: `${to}#${n}`, time: '', document };
        if (!twice.hasCome(chat, number, Date.now())) this.#onMark(from, to, n);
      },
    });
    return line;
  }

  readonly #keys = new Map<number, string>();

  #keyAt(port: number): string {
    const key = this.#keys.get(port) ?? randomBytes(16).toString('hex');
    this.#keys.set(port, key);
    return key;
  }
}
