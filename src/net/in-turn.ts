import { unexpected } from './guard.js';

/** How long those who come in may hold the event loop in one turn, in ms. */
const TURN = 10;

/**
 * Lets clients in one after the other: a handshake of TLS, or a request of HTTP, is Node's own work of up to a
 * millisecond. Thousands of them can come in the same moment, and everybody else waits for as long as they take.
 */
export class InTurn {
  private waiting: (() => void)[] = [];
  private isBusy = false;

  /** Calls this soon, after all that were added before. An error that it throws is told as unexpected. */
  add(enter: () => void): void {
    this.waiting.push(enter);
    if (this.isBusy) return;
    this.isBusy = true;
    setImmediate(this.turn);
  }

  private readonly turn = async (): Promise<void> => {
    const end = performance.now() + TURN;
    let served = 0;
    do {
      try {
        this.waiting[served++]?.();
      } catch (error) {
        unexpected(error, 'a client that comes in');
      }
      // Node reads the bytes that a socket has in the next tick.
      await new Promise<void>(process.nextTick);
    } while (served < this.waiting.length && performance.now() < end);
    this.waiting = this.waiting.slice(served);
    this.isBusy = this.waiting.length > 0;
    if (this.isBusy) setImmediate(this.turn);
  };
}
