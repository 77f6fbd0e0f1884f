import type { Spoken } from '../../client/core/dialect.js';
import { readDocument } from '../../client/core/document.js';
import { Speech } from '../../client/core/speech.js';
import type { Dialect } from '../../protocol/dialect.js';
import { REPLIES } from '../../protocol/verbs.js';

/** Tells what a server says: the verb that it answers, `chat` or `groupChat` for a message, or a number that is unknown. */
export class Titles {
  readonly #speech: Speech;
  readonly #replies = new Map<number, string>();

  constructor(dialect: Dialect) {
    this.#speech = new Speech(dialect.spoken as Spoken);
    for (const reply of REPLIES) {
      const number = this.#speech.replyTo(reply);
      if (number !== undefined) this.#replies.set(number, reply);
    }
  }

  /** The subject of a document; '' for bytes that are none. */
  of(text: string): string {
    const document = readDocument(text);
    if (document === undefined) return '';
    const chat = this.#speech.readChat(document);
    if (chat !== undefined) return chat.group === undefined ? 'chat' : 'groupChat';
    const number = this.#speech.numberOf(document);
    return this.#replies.get(number) ?? `${number}`;
  }
}
