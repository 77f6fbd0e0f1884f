import { GROUPS, groupOf } from '../cases/all.js';
import { VERDICTS, type Verdict } from '../finding.js';
import type { Result } from '../runner.js';

export type Counts = Readonly<Record<Verdict, number>>;

/** How a group did: `-` where nothing of it was run. */
export type Grade = 'A' | 'B' | 'C' | 'D' | 'F' | '-';

/** One group of cases, and what was found in it. */
export interface GroupSummary {
  readonly group: string;
  readonly counts: Counts;
  readonly grade: Grade;
  readonly results: readonly Result[];
}

/** All that is known about a server. */
export interface Report {
  readonly server: string;
  readonly dialect: string;
  /** ISO 8601. */
  readonly date: string;
  readonly version: string;
  readonly results: readonly Result[];
}

/** The least share of cases that are fine, for each grade. */
const LEAST: readonly (readonly [share: number, grade: Grade])[] = [
  [1, 'A'],
  [0.9, 'B'],
  [0.75, 'C'],
  [0.5, 'D'],
];

/** How many there are of each verdict. */
export function count(results: readonly Result[]): Counts {
  const of = (verdict: Verdict) => results.filter(({ finding }) => finding.verdict === verdict).length;
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, of(verdict)])) as Counts;
}

/** A for nothing wrong; who ends in a case gets no more than D. */
export function gradeOf(counts: Counts): Grade {
  const fine = counts.same + counts.differs;
  const run = fine + counts.wrong + counts.ended;
  if (run === 0) return '-';
  const [, grade] = LEAST.find(([share]) => fine / run >= share) ?? [0, 'F' as const];
  return counts.ended > 0 && grade < 'D' ? 'D' : grade;
}

/** The groups that have results, in their order. */
export function summarize(results: readonly Result[]): GroupSummary[] {
  return Object.keys(GROUPS).flatMap((group) => {
    const own = results.filter((result) => groupOf(result) === group);
    if (own.length === 0) return [];
    const counts = count(own);
    return [{ group, counts, grade: gradeOf(counts), results: own }];
  });
}
