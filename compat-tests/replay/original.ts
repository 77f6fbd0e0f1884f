import t from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { replay } from './replay.js';
import { readScenarios } from './scenario.js';
import { originalSite } from './site.js';

// The tests of original.test.ts. The ports are compiled into the original.
const mariadb = await MariaDb.start({ port: 3306 });
t.teardown(() => mariadb.stop());
const redis = await Redis.start({ port: 6379 });
t.teardown(() => redis.stop());

for (const scenario of readScenarios()) {
  t.test(scenario.name, async (t) => {
    const site = await originalSite(process.env.CHAT_ORIGINAL ?? '', mariadb, scenario.nodes);
    t.teardown(() => site.stop());
    await replay(scenario, site);
  });
}
