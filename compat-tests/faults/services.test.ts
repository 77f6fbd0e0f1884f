import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { until } from '../harness/deadline.js';
import type { Service } from '../harness/service.js';
import { Load } from './load.js';

/** How long a service is dead, or frozen, in ms: longer than a node waits for Redis. */
const DEAD = 500;
const FROZEN = 2500;
/** How many messages are sent before it, and during it. */
const SOME = 60;

const site = await ClusterSite.start(2);
t.teardown(() => site.stop());

/** The service stays away until this has happened, too. */
type Meanwhile = () => Promise<unknown>;

async function killed(service: Service, meanwhile: Meanwhile): Promise<void> {
  await service.kill();
  await Promise.all([delay(DEAD), meanwhile()]);
  await service.start();
}

async function frozen(service: Service, meanwhile: Meanwhile): Promise<void> {
  service.freeze();
  await Promise.all([delay(FROZEN), meanwhile()]);
  service.thaw();
}

const faults = [
  ['Redis is killed', (meanwhile: Meanwhile) => killed(site.redis, meanwhile)],
  ['Redis is frozen', (meanwhile: Meanwhile) => frozen(site.redis, meanwhile)],
  ['MariaDB is frozen', (meanwhile: Meanwhile) => frozen(site.mariadb, meanwhile)],
  // The last one: the site's own connection ends with it.
  ['MariaDB is killed', (meanwhile: Meanwhile) => killed(site.mariadb, meanwhile)],
] as const;

t.test('who logs in while Redis is away is reached when it is back', async (t) => {
  await site.accounts(1, 2);
  const one = await site.online(0, 1);
  await site.redis.kill();
  const two = await site.online(1, 2);
  await one.chat(1, 2, 'stored');
  await one.settle();
  t.same(await two.settle(), []);
  await site.redis.start();
  t.equal((await two.hear()).msg, 'stored');
  await one.chat(1, 2, 'live');
  t.equal((await two.hear()).msg, 'live');
  await Promise.all([one.close(), two.close()]);
});

for (const [name, fault] of faults) {
  t.test(`${name} under load: nothing is lost, and nobody is stuck`, async (t) => {
    const load = await Load.start(site);
    const more = (count: number) => until(async () => load.count >= count, `${count} messages to be sent`);
    await more(SOME);
    const before = load.count;
    await fault(() => more(before + SOME));
    t.comment(`${before} messages before, ${load.count - before} during it`);
    await load.stop();
    // All can log in, on the other node now, and reach each other.
    const users = [await site.online(1, 1), await site.online(0, 2)] as const;
    await users[0].chat(1, 2, 'hello');
    await users[1].chat(2, 1, 'hello');
    for (const user of users) t.equal((await user.hear()).msg, 'hello');
    for (const user of users) await user.close();
  });
}
