import t from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { Site } from '../harness/site.js';
import { fuzz, session } from './fuzz.js';

/**
 * `npm test` plays the same sessions each time, so that a failure tells of the change. FUZZ_SECONDS plays new ones for so
 * long; FUZZ_SEED plays one session again; FUZZ_SITE is `embedded` or `cluster`, else both.
 */
const { FUZZ_SEED, FUZZ_SECONDS, FUZZ_SITE } = process.env;
const SEED = 20_261_129;
const SESSIONS = 4;
t.setTimeout(Number(FUZZ_SECONDS ?? 0) * 1000 + 600_000);

/** The shortest pace there is: queues build up behind it, and login replies are cut, but sessions stay short. */
const options = (pace: number) => ['--login-failures', '0', '--pace', `${pace}`, '--client-buffer', '0'];

const SITES: Record<string, () => Promise<Site>> = {
  embedded: () => Site.embedded(...options(1)),
  // One of two nodes with a pace.
  cluster: () => ClusterSite.start(2, options),
};

for (const [name, open] of Object.entries(SITES)) {
  if (FUZZ_SITE !== undefined && FUZZ_SITE !== name) continue;
  t.test(`whole sessions, ${name}`, async (t) => {
    const site = await open();
    t.teardown(() => site.stop());
    if (FUZZ_SEED !== undefined) await session(site, Number(FUZZ_SEED));
    else if (FUZZ_SECONDS === undefined) for (let n = 0; n < SESSIONS; n++) await session(site, SEED + n);
    else {
      const seed = Date.now() % 1_000_000_000;
      t.comment(`${await fuzz(site, seed, Number(FUZZ_SECONDS) / 2)} sessions from FUZZ_SEED=${seed}`);
    }
    for (const { child } of site.nodes) t.notMatch(child.log, /"level":[56]0/, 'no error is logged');
  });
}
