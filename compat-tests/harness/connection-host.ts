import { loadDialect } from '../../src/dialect/load.js';
import { ScannerPool } from '../../src/json/scanner-pool.js';
import { LIMITS } from '../../src/limits.js';
import { Budget } from '../../src/net/budget.js';
import { Turns } from '../../src/net/turns.js';

/** Made once: that takes longer than most of what is done with a connection. */
const ORIGINAL = loadDialect('original');

/**
 * A connection's host where nobody handles anything: the original dialect, without a gap between writes.
 *
 * @param kept the most bytes that clients may make it keep
 */
export function aConnectionHost(kept: number) {
  return {
    dialect: ORIGINAL,
    scanners: new ScannerPool([]),
    limits: { ...LIMITS, maxMessage: 65_536, pace: 0 },
    budget: new Budget(kept),
    turns: new Turns(),
    clock: { now: 0 },
    handle: () => {},
    fault: () => {},
    slow: () => {},
    closed: () => {},
  };
}
