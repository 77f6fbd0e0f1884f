import type { Run } from '../load/report.js';
import { runOne, type Span, suits } from '../load/run.js';
import type { Scenario } from '../load/scenario.js';
import type { Target } from '../load/target.js';
import { EMBEDDED } from './goals.js';

/** Rounds in which all targets take turns, each round in another order. */
export async function measure(
  scenarios: readonly Scenario[],
  targets: readonly Target[],
  rounds: number,
  span: Span,
): Promise<Run[][]> {
  const results: Run[][] = [];
  for (let round = 0; round < rounds; round++) {
    const runs: Run[] = [];
    const turn = round % targets.length;
    for (const scenario of scenarios) {
      for (const target of [...targets.slice(turn), ...targets.slice(0, turn)]) {
        if (!suits(scenario, target) || (target.name === EMBEDDED && !scenario.embedded)) continue;
        console.error(`round ${round + 1}, ${scenario.name}: ${target.name}`);
        runs.push(await runOne(scenario, target, span));
      }
    }
    results.push(runs);
  }
  return results;
}
