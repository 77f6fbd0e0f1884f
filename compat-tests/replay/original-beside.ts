import t from 'tap';
import { replay } from '../../src/compat/replay/replay.js';
import { readScenarios } from '../../src/compat/replay/scenario.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';
import { Site } from '../harness/site.js';
import { beside, unplayed } from './beside.js';
import { forReplay, originalSite } from './site.js';

// The tests of original-beside.test.ts. The ports are compiled into the original.
const mariadb = await MariaDb.start({ port: 3306 });
t.teardown(() => mariadb.stop());
const redis = await Redis.start({ port: 6379 });
t.teardown(() => redis.stop());

/** With friend requests, which change nothing for who adds friends at an original. */
const OPTIONS = ['--drop-in', '--pace', '0', '--history', '30', '--friend-requests'];
const othersOf = beside('groups', 'people', 'requests', 'history', 'confirm');

/** A registration would get an id behind those of the others. */
const REGISTERS = /"msgid":\s*4\b/;

for (const scenario of readScenarios()) {
  if (scenario.steps.some((step) => step.do === 'send' && REGISTERS.test(String(step.bytes)))) continue;
  t.test(scenario.name, async (t) => {
    const site = await originalSite(process.env.CHAT_ORIGINAL ?? '', mariadb, scenario.nodes);
    const ours = await startServer(OPTIONS);
    t.teardown(async () => {
      await ours.child.stop('SIGKILL');
      await site.stop();
    });
    const others = othersOf(scenario);
    await site.database.seed(others.among(scenario.before));
    await others.start(new Site([ours], site.database));
    await replay(scenario, forReplay(site, true, others.without));
    await others.stop();
    t.ok(others.recalled > 0, `${others.recalled} messages were taken back meanwhile`);
  });
}

t.test('beside the recordings everything was done that the original does not have', async (t) => {
  t.same(unplayed(), []);
});
