import { setTimeout as delay } from 'node:timers/promises';
import { User } from '../../compat-tests/harness/user.js';
import { Tally } from '../../src/compat/load/tally.js';
import { Meter } from '../../src/compat/load/usage.js';
import { enter } from './enter.js';
import { PASSWORD } from './message.js';
import { each, type Scenario, storageOf, type Trial } from './scenario.js';
import { ids, seedStored, seedUsers } from './seed.js';

const MESSAGES = 1000;
const USERS = 10;
/** So many of such logins go before: who comes then finds a server whose code for them is compiled. */
const BEFORE = 40;
/** And so many others: it takes about 2,000 logins until the engine has compiled what each of them runs. */
const OTHERS = 2000;

/** Users log in, one after another, for each of whom 1,000 messages are stored: at a server that has just started. */
export const stored = logins('stored', 0, 0);

/** The same at one that has been at it for some time. */
export const storedWarm = logins('stored-warm', BEFORE, OTHERS);

function logins(name: string, before: number, others: number): Scenario {
  return {
    name,
    operation: `login with ${MESSAGES} stored messages`,
    nodes: 1,
    onRelay: false,
    run: async (trial) => {
      const users = ids(USERS + (trial.brief ? 0 : before));
      const storage = storageOf(trial);
      const rest = ids(users.length + (trial.brief ? 0 : others)).slice(users.length);
      await seedUsers(storage, users.length + rest.length);
      await seedStored(storage, users.length, MESSAGES);
      await comeAndGo(trial, rest);
      const earlier = await logInAll(trial, users.slice(0, -USERS));
      const meter = new Meter(trial.site.pids);
      const { missing, failure, latency } = await logInAll(trial, users.slice(-USERS));
      const lost = earlier.missing + missing;
      return { operations: USERS, usage: meter.read(), latency, lost, failure: earlier.failure ?? failure };
    },
  };
}

/** What has no compiler at work needs no warming, and might die of it. */
async function comeAndGo({ site, target }: Trial, users: readonly number[]): Promise<void> {
  if (target.loginGap > 0) return;
  await each(users, async (id) => (await enter(site.ports[0]!, id)).close());
}

/** One after another; until what has left is deleted, which is part of the work. */
async function logInAll({ site, target }: Trial, users: readonly number[]) {
  const { storage, ports } = site;
  const before = (await storage?.stored()) ?? 0;
  const tally = new Tally();
  let missing = users.length * MESSAGES;
  for (const id of users) {
    const since = performance.now();
    missing -= await drain(ports[0]!, id);
    tally.finish(since, performance.now());
    if (target.loginGap > 0) await delay(target.loginGap);
  }
  const left = async () => ((await storage?.stored()) ?? 0) - before + users.length * MESSAGES;
  for (let tries = 0; (await left()) > 0 && tries < 100; tries++) await delay(20);
  const kept = await left();
  const failure = kept > 0 ? `${kept} messages were not deleted` : undefined;
  return { missing, failure, latency: tally.takeLatency() };
}

/** Logs in, and out once all has come. Returns how many stored messages were in the answer, or followed it. */
async function drain(port: number, id: number): Promise<number> {
  const user = await User.connect({ port });
  const { offlinemsg = [] } = await user.login(id, PASSWORD);
  let count = offlinemsg.length;
  for (; count < MESSAGES; count++) if ((await user.hear().catch(() => undefined)) === undefined) break;
  await user.close();
  return count;
}
