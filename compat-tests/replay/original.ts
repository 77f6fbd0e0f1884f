import t from 'tap';
import { replay } from '../../src/compat/replay/replay.js';
import { readScenarios } from '../../src/compat/replay/scenario.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { forReplay, originalSite } from './site.js';

// The tests of original.test.ts. The ports are compiled into the original.
const mariadb = await MariaDb.start({ port: 3306 });
t.teardown(() => mariadb.stop());
const redis = await Redis.start({ port: 6379 });
t.teardown(() => redis.stop());

for (const scenario of readScenarios()) {
  t.test(scenario.name, async (t) => {
    const site = await originalSite(process.env.CHAT_ORIGINAL ?? '', mariadb, scenario.nodes);
    t.teardown(() => site.stop());
    await site.database.seed(scenario.before);
    await replay(scenario, forReplay(site, true));
  });
}
