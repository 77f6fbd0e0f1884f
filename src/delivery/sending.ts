import type { Message } from '../bus/message.js';
import type { SendListener } from '../net/outbox.js';

/** Is told what becomes of the messages that a session's connection was given. */
export interface SendingHost {
  readonly id: number;
  /** It has left for the client. */
  sent(message: Message): void;
  /** The connection will not send it any more. Nobody has kept it when it came straight from its sender. */
  unsent(bytes: Buffer, message: Message | undefined): void;
}

/**
 * A message for one user that its connection was given.
 *
 * One that nobody keeps, as it goes straight from its sender to the connection, needs nothing of its own: all of these
 * share a Sending without a message, so that the way from client to client allocates nothing.
 */
export class Sending implements SendListener {
  readonly message: Message | undefined;
  private readonly host: SendingHost;

  constructor(host: SendingHost, message: Message | undefined) {
    this.host = host;
    this.message = message;
  }

  get userid(): number {
    return this.host.id;
  }

  sent(): void {
    if (this.message !== undefined) this.host.sent(this.message);
  }

  unsent(bytes: Buffer): void {
    this.host.unsent(bytes, this.message);
  }
}
