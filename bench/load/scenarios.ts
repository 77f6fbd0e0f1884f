import { connects, logins, registers } from './accounts.js';
import { crowd, crowdAlone } from './crowd.js';
import { group } from './group.js';
import { idle, idleUsers } from './idle.js';
import { pairs } from './pairs.js';
import { rush } from './rush.js';
import type { Scenario } from './scenario.js';
import { stopCrowd, stopGreatCrowd, stopSilent } from './stop.js';
import { stored, storedWarm } from './stored.js';
import { comeBack, storm } from './storm.js';
import { idleTabs, webPairs } from './web.js';

export const SCENARIOS: readonly Scenario[] = [
  pairs('one-to-one-50', 50, 1),
  pairs('one-to-one-400', 400, 1),
  pairs('pipelined-50x16', 50, 16),
  pairs('two-nodes-50', 50, 1, { nodes: 2 }),
  pairs('two-nodes-50x16', 50, 16, { nodes: 2 }),
  pairs('workers-50', 50, 1, { workers: 2 }),
  pairs('workers-50x16', 50, 16, { workers: 2 }),
  webPairs('web-50', 50, { counts: false }),
  webPairs('web-50-pages', 50, { counts: true }),
  group('group-50', 50, 50),
  group('group-40-half', 40, 20),
  group('two-nodes-group-50', 50, 50, { nodes: 2 }),
  group('workers-group-50', 50, 50, { workers: 2 }),
  connects,
  logins,
  registers,
  storm(8),
  storm(64),
  storm(256),
  comeBack(1),
  comeBack(2),
  comeBack(4),
  rush,
  stored,
  storedWarm,
  stopSilent,
  stopCrowd,
  stopGreatCrowd,
  idle,
  idleUsers,
  idleTabs,
  crowd,
  crowdAlone,
];

/** The scenarios with these names, or all. Throws for a name that there is not. */
export function chosen(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return SCENARIOS;
  return names.map((name) => {
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (scenario !== undefined) return scenario;
    throw new Error(`no scenario ${name}; there are ${SCENARIOS.map((one) => one.name).join(', ')}`);
  });
}
