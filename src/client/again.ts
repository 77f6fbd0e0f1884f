import type { ChatMessage } from './core/received.js';
import { Twice } from './core/twice.js';

/**
 * What the connections of a program have brought that the server may not know to have arrived: it brings it again, and then
 * it is not new. Of one user at a time.
 */
export class Again {
  #twice = new Twice();
  #user: number | string | undefined;

  /** Somebody logs in on a new connection. What another one had is forgotten. */
  begin(who: number | string): void {
    if (this.#user !== who) this.#twice = new Twice();
    this.#user = who;
    this.#twice.begin(Date.now());
  }

  /**
   * Whether a message has not come before, and notes it.
   *
   * @param come so many bytes of the connection had come with it
   * @param taken so many of them do not come again
   */
  isNew(message: ChatMessage, come: number, taken: number): boolean {
    const { text, document } = message;
    // Two of the same text in the same second have different numbers.
    const numbered = { ...message, text: JSON.stringify([text, document.seq]) };
    const hasCome = this.#twice.hasCome(numbered, come, Date.now());
    this.#twice.confirmed(taken);
    return !hasCome;
  }
}
