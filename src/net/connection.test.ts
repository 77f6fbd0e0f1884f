import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { loadDialect } from '../dialect/load.js';
import { ScannerPool } from '../json/scanner-pool.js';
import { LIMITS } from '../limits.js';
import { Budget } from './budget.js';
import { Connection } from './connection.js';
import { Turns } from './turns.js';

/** A stream whose input is pushed by hand. */
class Wire extends Duplex {
  override _read(): void {}

  override _write(_bytes: Buffer, _encoding: string, done: () => void): void {
    done();
  }
}

t.test(
  'of strangers who begin at the same time no more are sent away than there is no room for',
  async (t) => {
    const budget = new Budget(100_000);
    const host = {
      dialect: loadDialect('original'),
      scanners: new ScannerPool([]),
      limits: { ...LIMITS, maxMessage: 65_536, pace: 0 },
      budget,
      turns: new Turns(),
      clock: { now: 0 },
      handle: () => {},
      fault: () => {},
      slow: () => {},
      closed: () => {},
    };
    const wires = Array.from({ length: 10 }, () => new Wire());
    for (const wire of wires) new Connection(wire, '10.0.0.1', host);
    const piece = (text: string) => {
      for (const wire of wires) if (!wire.destroyed) wire.push(text);
    };
    piece(`{"msg":"${'x'.repeat(9000)}`);
    await turn();
    piece('x'.repeat(9000));
    await turn();
    const stay = wires.filter(({ destroyed }) => !destroyed);
    t.ok(stay.length >= 2, `${stay.length} stay`);
    t.ok(stay.length < wires.length, 'not all');
    t.ok(
      budget.used > budget.limit / 2 && budget.used <= budget.limit + 40_000,
      `${budget.used} bytes are kept`,
    );
    for (const wire of wires) wire.destroy();
    await turn();
    t.equal(budget.used, 0);
  },
);
