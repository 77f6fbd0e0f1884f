import { InProcessHub } from '../../src/bus/in-process.js';
import type { Medium } from '../../src/bus/medium.js';
import { RedisMedium } from '../../src/bus/redis/redis.js';
import { openEmbedded } from '../../src/store/embedded/embedded.js';
import { openMysql } from '../../src/store/mysql/mysql.js';
import type { Store } from '../../src/store/store.js';
import { FIRST_USER } from '../load/message.js';
import type { Services } from '../load/services.js';
import type { Case } from './bench.js';
import { DOCUMENT } from './samples.js';

const USERS = 50;
const AT_ONCE = 100;

/** Cases, and how to end what they use. */
export interface Backend {
  readonly cases: Case[];
  close(): Promise<void>;
}

export async function embeddedStore(): Promise<Backend> {
  return await store(openEmbedded(':memory:'));
}

export async function mysqlStore(services: Services): Promise<Backend> {
  const { url, storage } = await services.database();
  await storage.close();
  return await store(await openMysql({ url, charset: 'gbk' }));
}

export function inProcessBus(): Promise<Backend> {
  return bus(new InProcessHub().medium());
}

export function redisBus(services: Services): Promise<Backend> {
  return bus(new RedisMedium({ url: services.redisUrl }));
}

async function store(of: Store): Promise<Backend> {
  let names = 0;
  const ids: number[] = [];
  while (ids.length < USERS) ids.push((await of.register(`user${names++}`, '123456')) ?? 0);
  const [id = 0] = ids;
  await of.createGroup(id, 'group', '');
  for (const member of ids) await of.addGroup(member, 1);
  const messages = ids.map((userid) => ({ userid, message: DOCUMENT.toString() }));
  const cases: Case[] = [
    ['user', () => of.user(id)],
    ['register', () => of.register(`user${names++}`, '123456')],
    [
      'online and offline',
      async () => {
        await of.goOnline(id);
        await of.goOffline([id]);
      },
    ],
    ['friends, groups', () => Promise.all([of.friends(id), of.groups(id)])],
    [`members, ${USERS}`, () => of.members(1)],
    [`members, ${USERS}, ${AT_ONCE} at once`, () => Promise.all(times(() => of.members(1)))],
    [
      `store, read and remove ${USERS} messages`,
      async () => {
        await of.storeMessages(messages);
        for (const userid of ids) await of.removeMessages(userid, await of.storedMessages(userid));
      },
    ],
  ];
  return { cases, close: () => of.close() };
}

async function bus(of: Medium): Promise<Backend> {
  const nothing = () => {};
  const events = { received: nothing, heard: nothing, up: nothing, gone: nothing, beat: nothing };
  await of.start('0123456789abcdef', { ...events, nodes: () => [] });
  await of.subscribe(FIRST_USER);
  const publish = () => of.publish(FIRST_USER, DOCUMENT);
  const cases: Case[] = [
    ['publish', publish],
    [`publish, ${AT_ONCE} at once`, () => Promise.all(times(publish))],
    [
      'subscribe and unsubscribe',
      async () => {
        await of.subscribe(FIRST_USER + 1);
        await of.unsubscribe(FIRST_USER + 1);
      },
    ],
  ];
  return { cases, close: () => of.close() };
}

function times<T>(work: () => T): T[] {
  return Array.from({ length: AT_ONCE }, work);
}
