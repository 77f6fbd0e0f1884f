import { Duplex } from 'node:stream';
import { loadDialect } from '../../src/dialect/load.js';
import { ScannerPool } from '../../src/json/scanner-pool.js';
import { LIMITS } from '../../src/limits.js';
import { Budget } from '../../src/net/budget.js';
import { Connection } from '../../src/net/connection.js';
import { Turns } from '../../src/net/turns.js';

/** A client in this process that takes one write of the server at a time, and only when it is told to. */
export class UnreadClient extends Duplex {
  /** The bytes that the client has taken, write by write. */
  readonly writes: string[] = [];
  /** The server's end. */
  readonly connection: Connection;
  /** By which it is known for how long the client has sent nothing. */
  readonly clock = { now: 0 };
  #next: (() => void) | undefined;

  constructor() {
    super();
    this.connection = new Connection(this, '10.0.0.1', {
      dialect: loadDialect('original'),
      scanners: new ScannerPool([]),
      limits: { ...LIMITS, maxMessage: 100, pace: 0 },
      budget: new Budget(1_000_000),
      turns: new Turns(),
      clock: this.clock,
      handle: () => {},
      fault: () => {},
      slow: () => {},
      closed: () => {},
    });
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#next = () => {
      this.writes.push(chunk.toString());
      done();
    };
  }

  /** Takes the write that waits for it. */
  takeWrite(): void {
    const next = this.#next;
    this.#next = undefined;
    next?.();
  }
}
