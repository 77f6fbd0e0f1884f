import { readFileSync } from 'node:fs';

export { readScenario, readScenarios, type Scenario } from '../../src/compat/replay/scenario.js';

/** The capture of the same run as a recording's. */
export function readCapture(name: string): Buffer {
  return readFileSync(`fixtures/scenarios/${name}.pcap`);
}
