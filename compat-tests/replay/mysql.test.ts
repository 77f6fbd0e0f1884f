import t from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { DIFFERENT } from './expectation.js';
import { testOurs } from './ours.js';
import { clusterSite } from './site.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const redis = await Redis.start();
t.teardown(() => redis.stop());

testOurs(() => clusterSite(mariadb, redis), DIFFERENT);
