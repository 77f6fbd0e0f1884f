import { connect, type Socket } from 'node:net';
import type { Place } from '../replay/party.js';

/** More is not written before some of it has left, in bytes. */
const HIGH = 1 << 16;

/** Hears of a connection to the second server. */
export interface Hearing {
  heard(bytes: Buffer): void;
  /** The server has ended it, or it could not be made. Told once. */
  ended(): void;
  /** More can be written. */
  drained(): void;
}

/** One client's connection to the second server. */
export class Second {
  readonly #socket: Socket;

  constructor({ host, port }: Required<Place>, hearing: Hearing) {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    this.#socket = socket;
    let hasEnded = false;
    const end = () => {
      if (!hasEnded) hearing.ended();
      hasEnded = true;
    };
    socket.on('data', (bytes) => hearing.heard(bytes));
    socket.on('drain', () => hearing.drained());
    socket.on('error', () => socket.destroy());
    socket.on('end', end);
    socket.on('close', end);
  }

  /** Whether more may be written now; if not, drained() is called when it may. */
  get isReady(): boolean {
    return this.#socket.writableLength < HIGH;
  }

  /** Writes, as long as the server reads. */
  write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Reads on, or not. */
  read(isWanted: boolean): void {
    if (isWanted === this.#socket.isPaused()) this.#socket[isWanted ? 'resume' : 'pause']();
  }

  /** Ends the client's side, behind all that was written. */
  finish(): void {
    this.#socket.end();
  }

  /** Ends it at once. */
  close(): void {
    this.#socket.destroy();
  }
}
