import { notDeepEqual } from 'node:assert/strict';
import t from 'tap';
import type { Expectation, Expectations } from '../../src/compat/replay/expectation.js';
import { replay } from '../../src/compat/replay/replay.js';
import { readScenarios, type Scenario } from '../../src/compat/replay/scenario.js';
import type { Site } from '../harness/site.js';
import type { Beside } from './beside.js';
import { forReplay } from './site.js';

/** Users who are there as well, beside one recording. */
type Others = Pick<Beside, 'among' | 'without' | 'start' | 'stop'>;

/**
 * Adds a test per recording that fits, against nodes of ours: to the byte, or as the expectations say.
 * One site serves recording after recording, as a server does; after a failure, or when a node was ended, a new one.
 *
 * @param othersOf who do something else on the same site meanwhile
 */
export function testOurs(
  open: () => Promise<Site>,
  different: Expectations,
  fits: (scenario: Scenario) => boolean = () => true,
  othersOf: (scenario: Scenario) => Others | undefined = () => undefined,
): void {
  let site: Site | undefined;
  const close = async () => {
    await site?.stop();
    site = undefined;
  };
  for (const recorded of readScenarios().filter(fits)) {
    const expectation = different[recorded.name];
    t.test(expectation ? `${recorded.name}: ${expectation.why}` : recorded.name, async () => {
      site ??= await open();
      const expected = changed(recorded, expectation);
      const others = othersOf(recorded);
      const ended = recorded.steps.some((step) => step.do === 'sigint');
      await site.database.seed(others?.among(expected.before) ?? expected.before);
      const replayed = async (site: Site) => {
        await others?.start(site);
        await replay(expected, forReplay(site, false, others?.without), expectation?.view);
        await others?.stop();
      };
      await replayed(site).catch(async (error) => {
        await close();
        throw error;
      });
      if (ended) await close();
    });
  }
  t.teardown(close);
}

function changed(recorded: Scenario, expectation: Expectation | undefined): Scenario {
  if (expectation === undefined) return recorded;
  const expected = expectation.ours(recorded);
  notDeepEqual(expected, recorded, 'an expectation of its own that is the recording itself');
  return expected;
}
