import { add, complete, configure, suite } from 'benny';
import { figure, markdown } from '../load/report.js';

/** One thing to measure: its name, and what does it once. */
export type Case = readonly [name: string, once: () => unknown];

/** Measures cases one after another, each for a number of seconds. Returns rows: name, operations/s, spread. */
export async function rows(title: string, cases: readonly Case[], seconds: number): Promise<string[][]> {
  const adds = cases.map(([name, once]) => add(name, () => once));
  const options = configure({ cases: { maxTime: seconds, minSamples: 5 } });
  const { results } = await suite(
    title,
    options,
    ...adds,
    complete(() => {}),
  );
  return results.map(({ name, ops, details: { min, max } }) => {
    // benny knows times per operation: the longest makes the lowest rate.
    return [title, name, figure(ops), `${figure(1 / max)}..${figure(1 / min)}`];
  });
}

export function table(body: readonly string[][]): string {
  return markdown([['part', 'case', 'ops/s', 'spread'], ...body]);
}
