import type { Run } from './report.js';
import type { Scenario } from './scenario.js';
import type { Target } from './target.js';

/** How long and how thorough. Times in seconds. */
export interface Span {
  readonly seconds: number;
  readonly warmUp: number;
  readonly brief: boolean;
}

/** Whether a target can do a scenario at all. */
export function suits(scenario: Scenario, target: Target): boolean {
  if (target.kind === 'relay') return scenario.onRelay;
  const needsOurs = (scenario.onlyOurs ?? scenario.watched ?? false) || (scenario.workers ?? 1) > 1;
  return (target.hasWorkers || !needsOurs) && (target.hasWeb || !scenario.web);
}

/** Runs one scenario on one target, started anew for it. */
export async function runOne(scenario: Scenario, target: Target, span: Span): Promise<Run> {
  const site = await target.start(scenario);
  try {
    return { scenario, target: target.name, outcome: await scenario.run({ ...span, target, site }) };
  } finally {
    await site.stop();
  }
}
