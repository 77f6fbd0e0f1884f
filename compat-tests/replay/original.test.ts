import t from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { replay } from './replay.js';
import { readScenarios } from './scenario.js';
import { originalSite } from './site.js';

const binary = process.env.CHAT_ORIGINAL;

if (binary === undefined) {
  const skip = 'CHAT_ORIGINAL does not say where its ChatServer is';
  t.test('the original meets its own recordings', { skip }, () => undefined);
} else {
  await againstOriginal(binary);
}

async function againstOriginal(binary: string): Promise<void> {
  // The ports that are compiled into it.
  const mariadb = await MariaDb.start({ port: 3306 });
  t.teardown(() => mariadb.stop());
  const redis = await Redis.start({ port: 6379 });
  t.teardown(() => redis.stop());
  for (const scenario of readScenarios()) {
    t.test(scenario.name, async (t) => {
      const site = await originalSite(binary, mariadb, scenario.nodes);
      t.teardown(() => site.stop());
      await replay(scenario, site);
    });
  }
}
