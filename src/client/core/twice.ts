import { textOf } from './foreign.js';
import type { ChatMessage } from './received.js';

/** At most this many messages that name themselves are remembered. */
const MOST = 5000;

/** Messages that this tab had, and the server could not know of, may come again for this time after a login, in ms. */
const AGAIN = 60_000;

/** The text that tells a message from others, whoever wrote it and however it was stored meanwhile. */
export function keyOf({ from, group, text, time }: ChatMessage, mid: string): string {
  return JSON.stringify([from.id, group ?? 0, text, time, mid]);
}

/** The name that the sending page gave to a message; '' for a message of another client. */
export function midOf({ document }: ChatMessage): string {
  return textOf(document.mid).slice(0, 40);
}

/**
 * Which messages of a user have come before. A connection that was lost may have brought messages that the server does not know to
 * have arrived: it brings them again.
 *
 * 1. A message that names itself (`mid`) comes once.
 * 2. Another one counts as come before only if it is the same to the letter as one that the server may not know of, once
 *    for each of these, and only soon after a login.
 */
export class Twice {
  private readonly named = new Set<string>();
  /**
   * The messages that came over this connection and are not confirmed, each with the number of its document, or its place
   * in the stream.
   */
  private open: { readonly number: number; readonly key: string }[] = [];
  /** Messages of earlier connections that the server may not know to be here: how often each. */
  private doubtful = new Map<string, number>();
  private until = 0;

  /**
   * Whether a message has come before; from now on it has.
   *
   * @param number that of its document on this connection, or so many bytes of it had come with it
   */
  hasCome(chat: ChatMessage, number: number, now: number): boolean {
    const mid = midOf(chat);
    const key = keyOf(chat, mid);
    if (mid !== '') {
      const known = this.named.has(key);
      this.note(key);
      return known;
    }
    this.open.push({ number, key });
    const left = now < this.until ? (this.doubtful.get(key) ?? 0) : 0;
    if (left > 0) this.doubtful.set(key, left - 1);
    return left > 0;
  }

  /** The server knows that `count` documents, or bytes, of this connection are here. */
  confirmed(count: number): void {
    const first = this.open.findIndex(({ number }) => number > count);
    this.open = first < 0 ? [] : this.open.slice(first);
  }

  /** A new connection: what the server may not know of may come again. */
  begin(now: number): void {
    if (now >= this.until) this.doubtful.clear();
    for (const { key } of this.open) this.doubt(key);
    this.open = [];
    this.until = now + AGAIN;
  }

  /** A message that this browser had before the page was loaded, and that the server may not know of. */
  had(key: string, mid: string): void {
    if (mid === '') this.doubt(key);
    else this.note(key);
  }

  private doubt(key: string): void {
    this.doubtful.set(key, (this.doubtful.get(key) ?? 0) + 1);
  }

  private note(key: string): void {
    this.named.delete(key);
    this.named.add(key);
    const [oldest] = this.named;
    if (this.named.size > MOST && oldest !== undefined) this.named.delete(oldest);
  }
}
