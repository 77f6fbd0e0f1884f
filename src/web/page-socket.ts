import { WebSocket } from 'ws';
import { unexpected } from '../net/guard.js';

/** Is told what comes by a WebSocket. */
export interface SocketOwner {
  /** A message has come: bytes, or a text. */
  received(data: Buffer, isBinary: boolean): void;
  pinged(data: Buffer): void;
  /** The WebSocket has closed. */
  gone(): void;
  failed(error: Error): void;
}

const EVENTS: Readonly<Record<string, (owner: SocketOwner, first: unknown, second: unknown) => void>> = {
  message: (owner, data, isBinary) => owner.received(data as Buffer, isBinary === true),
  ping: (owner, data) => owner.pinged(data as Buffer),
  close: (owner) => owner.gone(),
  error: (owner, error) => owner.failed(error as Error),
};

/**
 * A WebSocket that tells one owner what happens, and has no listeners: those took 900 bytes of each that does nothing. An
 * error of the owner's ends no other connection.
 */
export class PageSocket extends WebSocket {
  owner: SocketOwner | undefined;

  /** ws calls this for each event. */
  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    const tell = EVENTS[String(event)];
    if (tell === undefined || this.owner === undefined) return false;
    try {
      tell(this.owner, first, second);
    } catch (error) {
      unexpected(error, 'a WebSocket');
    }
    return true;
  }
}
