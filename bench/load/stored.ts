import { setTimeout as delay } from 'node:timers/promises';
import { User } from '../../compat-tests/harness/user.js';
import { Tally } from '../../src/compat/load/tally.js';
import { Meter } from '../../src/compat/load/usage.js';
import { PASSWORD } from './message.js';
import type { Scenario } from './scenario.js';
import { storageOf } from './scenario.js';
import { ids, seedStored, seedUsers } from './seed.js';

const MESSAGES = 1000;
const USERS = 10;

/** Users log in, one after another, for each of whom 1,000 messages are stored. */
export const stored: Scenario = {
  name: 'stored',
  operation: `login with ${MESSAGES} stored messages`,
  nodes: 1,
  onRelay: false,
  run: async (trial) => {
    const storage = storageOf(trial);
    await seedUsers(storage, USERS);
    await seedStored(storage, USERS, MESSAGES);
    const tally = new Tally();
    const meter = new Meter(trial.site.pids);
    let missing = USERS * MESSAGES;
    for (const id of ids(USERS)) {
      const since = performance.now();
      missing -= await drain(trial.site.ports[0]!, id);
      tally.finish(since, performance.now());
    }
    // They are deleted after they have left, which is part of the work.
    for (let tries = 0; (await storage.stored()) > 0 && tries < 100; tries++) await delay(20);
    const left = await storage.stored();
    const failure = left > 0 ? `${left} messages were not deleted` : undefined;
    return { operations: USERS, usage: meter.read(), latency: tally.takeLatency(), lost: missing, failure };
  },
};

/** Logs in, and out once all has come. Returns how many stored messages were in the answer, or followed it. */
async function drain(port: number, id: number): Promise<number> {
  const user = await User.connect({ port });
  const { offlinemsg = [] } = await user.login(id, PASSWORD);
  let count = offlinemsg.length;
  for (; count < MESSAGES; count++) if ((await user.hear().catch(() => undefined)) === undefined) break;
  await user.close();
  return count;
}
