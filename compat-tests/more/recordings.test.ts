import t from 'tap';
import { DIFFERENT } from '../../src/compat/replay/expectation.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { Beside } from '../replay/beside.js';
import { testOurs } from '../replay/ours.js';
import type { Scenario } from '../replay/scenario.js';
import { clusterSite, workersSite } from '../replay/site.js';

t.setTimeout(600_000);

// Clients of the original are undisturbed, to the byte, while others on the same server take messages back and are told
// who comes and goes: also who they are.
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

testOurs(() => clusterSite(mariadb, redis), DIFFERENT, suits, Beside);
testOurs(
  () => workersSite(mariadb),
  DIFFERENT,
  (one) => suits(one) && one.nodes === 1 && !isOfOneProcess(one),
  Beside,
);
