import type { Outcome, Portion } from './thread-words.js';

/**
 * At most this much goes to another thread in one message, in characters: that thread stands still while it takes it
 * out.
 */
const MOST = 262_144;
/** The cost of a row besides its text, in characters. */
const ROW = 256;

/** Cuts outcomes into portions: a list that is too long is spread over several. There is at least one. */
export function* portionsOf(outcomes: readonly Outcome[]): Generator<{ portion: Portion; isLast: boolean }> {
  let portion: [number, Outcome][] = [];
  let cost = 0;
  for (const [place, outcome] of outcomes.entries()) {
    for (const part of partsOf(outcome, () => MOST - cost)) {
      portion.push([place, part.outcome]);
      cost += part.cost;
      if (cost < MOST) continue;
      yield { portion, isLast: false };
      portion = [];
      cost = 0;
    }
  }
  yield { portion, isLast: true };
}

/** @param room what may come into the portion that has begun */
function* partsOf(outcome: Outcome, room: () => number): Generator<{ outcome: Outcome; cost: number }> {
  const rows: unknown = 'value' in outcome ? outcome.value : undefined;
  if (!Array.isArray(rows)) return yield { outcome, cost: ROW };
  let from = 0;
  do {
    let to = from;
    let cost = ROW;
    for (const most = room(); to < rows.length && (to === from || cost < most); to++)
      cost += costOf(rows[to]);
    yield { outcome: { value: rows.slice(from, to) }, cost };
    from = to;
  } while (from < rows.length);
}

function costOf(row: unknown): number {
  return ROW + (typeof row === 'string' ? row.length : 0);
}

/** Outcomes that come in portions. */
export class Gathered {
  readonly outcomes: Outcome[] = [];

  add(portion: Portion): void {
    for (const [place, outcome] of portion) {
      const list = listOf(this.outcomes[place]);
      const rows = listOf(outcome);
      if (list === undefined || rows === undefined) this.outcomes[place] = outcome;
      else for (const row of rows) list.push(row);
    }
  }
}

function listOf(outcome: Outcome | undefined): unknown[] | undefined {
  return outcome !== undefined && 'value' in outcome && Array.isArray(outcome.value)
    ? outcome.value
    : undefined;
}
