import t from 'tap';
import { DIFFERENT } from '../../src/compat/replay/expectation.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { testOurs } from './ours.js';
import { clusterSite } from './site.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const redis = await Redis.start();
t.teardown(() => redis.stop());

testOurs(() => clusterSite(mariadb, redis), DIFFERENT);
