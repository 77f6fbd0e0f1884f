import t from 'tap';
import { DIFFERENT, DIFFERENT_EMBEDDED } from '../../src/compat/replay/expectation.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { beside, unplayed } from '../replay/beside.js';
import { testOurs } from '../replay/ours.js';
import type { Scenario } from '../replay/scenario.js';
import { clusterSite, embeddedSite, workersSite } from '../replay/site.js';

t.setTimeout(600_000);

// Clients of the original are undisturbed, to the byte, while others on the same server use all that the original does not
// have: also those whom these are told of as they come and go.
const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const redis = await Redis.start();
t.teardown(() => redis.stop());

/** A registration would get an id behind those of the others, and a node that ends takes them along. */
const suits = ({ steps }: Scenario) =>
  !steps.some(
    (step) => step.do === 'sigint' || (step.do === 'send' && /"msgid":\s*4\b/.test(String(step.bytes))),
  );

/** A stranger logs somebody out, who is believed with --trust-client-ids: that ends only a login at its own worker. */
const isOfOneProcess = ({ name }: Scenario) => name === 'no-identity-check-original-defect';

/** With --friend-requests who adds a friend asks for one. */
const addsFriends = ({ steps }: Scenario) =>
  steps.some((step) => step.do === 'send' && /"msgid":\s*7\b/.test(String(step.bytes)));

const HISTORY = ['--history', '30'];
const othersOf = beside('groups', 'people', 'friends', 'history', 'confirm');

testOurs(() => clusterSite(mariadb, redis, ...HISTORY), DIFFERENT, suits, othersOf);
testOurs(
  () => workersSite(mariadb, ...HISTORY),
  DIFFERENT,
  (one) => suits(one) && one.nodes === 1 && !isOfOneProcess(one),
  othersOf,
);
testOurs(
  () => embeddedSite(...HISTORY, '--friend-requests'),
  DIFFERENT_EMBEDDED,
  (one) => suits(one) && one.nodes === 1 && !addsFriends(one),
  beside('groups', 'people', 'requests', 'history', 'confirm'),
);

t.test('beside the recordings everything was done that the original does not have', async (t) => {
  t.same(unplayed(), []);
});
