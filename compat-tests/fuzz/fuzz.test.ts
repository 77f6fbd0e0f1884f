import t from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { Site } from '../harness/site.js';
import { fuzz, session } from './fuzz.js';

/** FUZZ_SEED replays one session; FUZZ_SECONDS lasts longer; FUZZ_SITE is `embedded` or `cluster`, else both. */
const { FUZZ_SEED, FUZZ_SECONDS = '10', FUZZ_SITE } = process.env;
const seconds = Number(FUZZ_SECONDS) / 2;
t.setTimeout(Number(FUZZ_SECONDS) * 1000 + 60_000);

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
    const seed = Number(FUZZ_SEED ?? Date.now() % 1_000_000_000);
    if (FUZZ_SEED !== undefined) await session(site, seed);
    else t.comment(`${await fuzz(site, seed, seconds)} sessions from FUZZ_SEED=${seed}`);
    for (const { child } of site.nodes) t.notMatch(child.log, /"level":[56]0/, 'no error is logged');
  });
}
