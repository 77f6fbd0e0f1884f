import { setTimeout as delay } from 'node:timers/promises';
import { Unsupported } from './abilities.js';
import { type ChatClient, ChatError } from './chat-client.js';
import type { Addressed } from './line.js';
import { ConnectionLost } from './link.js';

/** At most this many of the messages that have arrived can be taken back. */
const MOST_SENT = 100;
/** How long an answer is waited for, in milliseconds. */
const PATIENCE = 5000;

/** A message that somebody has written. */
export interface OwnMessage {
  readonly to: Addressed;
  readonly text: string;
  /** Its number, once it has one. */
  seq: number | undefined;
}

/**
 * The messages of a person, one connection after the other. They are sent with numbers: a message that was on its way
 * when a connection was lost is sent again on the next one, and delivered once.
 */
export class OwnMessages {
  /** The messages that were not answered yet, in order. */
  #open: OwnMessage[] = [];
  #userid: number | undefined;
  readonly #sent: OwnMessage[] = [];
  #waiting: (() => void)[] = [];
  #refused: (error: ChatError | RangeError, message: OwnMessage) => void = () => {};

  /** From now on this is called, and nothing else, for a message that was refused or is too long. */
  onRefused(refused: (error: ChatError | RangeError, message: OwnMessage) => void): void {
    this.#refused = refused;
  }

  /** How many have not arrived, as far as is known. */
  get open(): number {
    return this.#open.length;
  }

  /** Sends a message. Nobody waits for what becomes of it. */
  send(client: ChatClient, to: Addressed, text: string): void {
    this.#post(client, this.keep(to, text));
  }

  /** Keeps a message until it is sent again: there is no connection now. */
  keep(to: Addressed, text: string): OwnMessage {
    const message: OwnMessage = { to, text, seq: undefined };
    this.#open.push(message);
    return message;
  }

  /** Sends all that was not answered, in order: the same user has come back. */
  sendAgain(client: ChatClient): void {
    for (const message of this.#open) this.#post(client, message);
  }

  /** A user has logged in. Messages of another one are forgotten. */
  loggedIn(userid: number): void {
    if (this.#userid !== userid) this.forget();
    this.#userid = userid;
  }

  /** Forgets everything. */
  forget(): void {
    this.#open = [];
    this.#sent.length = 0;
  }

  /** Resolves when all has arrived, or was refused; after 5 seconds, or at the signal, in any case. */
  async answered(signal?: AbortSignal): Promise<void> {
    if (this.#open.length === 0) return;
    const empty = new Promise<void>((resolve) => this.#waiting.push(resolve));
    await Promise.race([empty, delay(PATIENCE, undefined, { signal, ref: false }).catch(() => {})]);
  }

  /** The last message that was sent and not taken back. */
  get last(): OwnMessage | undefined {
    return this.#sent.at(-1);
  }

  /** It was taken back. */
  recalled(message: OwnMessage): void {
    this.#sent.splice(this.#sent.indexOf(message), 1);
  }

  #post(client: ChatClient, message: OwnMessage): void {
    const { to, text, seq } = message;
    const numbering = {
      seq,
      numbered: (given: number) => {
        message.seq = given;
      },
    };
    const sent =
      to.kind === 'user' ? client.send(to.id, text, numbering) : client.sendToGroup(to.id, text, numbering);
    sent.then(
      () => {
        this.#sent.push(message);
        if (this.#sent.length > MOST_SENT) this.#sent.shift();
        this.#end(message);
      },
      (error) => this.#failed(client, message, error),
    );
  }

  #failed(client: ChatClient, message: OwnMessage, error: unknown): void {
    // It is sent again when there is a connection.
    if (error instanceof ConnectionLost) return;
    this.#end(message);
    // Another server has come into the place of the one before.
    if (error instanceof Unsupported) plainly(client, message).catch(() => {});
    if (error instanceof ChatError || error instanceof RangeError) this.#refused(error, message);
  }

  #end(message: OwnMessage): void {
    this.#open = this.#open.filter((each) => each !== message);
    if (this.#open.length > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }
}

function plainly(client: ChatClient, { to, text }: OwnMessage): Promise<void> {
  return to.kind === 'user' ? client.chat(to.id, text) : client.groupChat(to.id, text);
}
