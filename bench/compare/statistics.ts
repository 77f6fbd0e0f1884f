import { figure } from '../load/report.js';

/** The figures of several rounds for one thing. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The spread of some values; undefined when there are none, or one of them is no number. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** `median (min..max)`, one figure when they are all the same, or a dash. */
export function written(of: Spread | undefined): string {
  if (of === undefined) return '-';
  const { median, min, max } = of;
  return min === max ? figure(median) : `${figure(median)} (${figure(min)}..${figure(max)})`;
}
