import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import t, { type Test } from 'tap';
import { until, untilSilent } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { measured, startProbed } from '../harness/stalls.js';
import { User } from '../harness/user.js';

/** Users 1 and 2 talk, all others are offline; all are in the group. */
const OFFLINE = 200;
const [FIRST, GROUP] = [3, 1];
const everyone = Array.from({ length: OFFLINE + 2 }, (_, n) => n + 1);

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const url = await mariadb.createDatabase('chat');
const database = await openMysql(url);
t.teardown(() => database.close());

const options = ['--mysql', url, '--pace', '0', '--login-failures', '0'];
const server = await startProbed(options);
t.teardown(() => server.child.stop('SIGKILL'));

async function seed(): Promise<void> {
  await database.seed({
    user: everyone.map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })),
    allgroup: [{ id: GROUP, groupname: 'group', groupdesc: '' }],
    groupuser: everyone.map((userid) => ({ groupid: GROUP, userid, grouprole: 'normal' })),
  });
}

/** How many messages of one user come to another until `done`, each after the one before. */
async function heardUntil(from: User, to: User, done: () => Promise<boolean>): Promise<number> {
  let [count, rows] = [0, 0];
  let isDone = false;
  const watched = (async () => {
    while (!isDone) {
      await from.chat(1, 2, 'ping');
      await to.hear();
      count++;
      await delay(5);
    }
  })();
  const progress = async () => {
    rows = await stored();
    return await done();
  };
  await untilSilent(progress, () => rows, 'everything to be stored').finally(() => {
    isDone = true;
  });
  await watched;
  return count;
}

/** The most memory that the server had, in MB. */
function memory(): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

const admin = await createConnection(url);
t.teardown(() => admin.end());

async function stored(like = '%'): Promise<number> {
  const count = 'select count(*) as n from offlinemessage where message like ?';
  const [[row]] = await admin.query<RowDataPacket[]>(count, [like]);
  return Number(row?.n);
}

/** How many statements have stored something. */
async function inserts(): Promise<number> {
  const [[row]] = await admin.query<RowDataPacket[]>("show global status like 'Com_insert'");
  return Number(row?.Value);
}

const isLastStored = async () => (await stored('%"the last"%')) === 1;

async function pair(): Promise<[User, User]> {
  await seed();
  return [await User.online(server, 1), await User.online(server, 2)];
}

const long = '长'.repeat(21_000);

/** Stores what was sent and one message more, while others talk. */
async function heavy(t: Test, one: User, two: User): Promise<void> {
  await one.chat(1, FIRST, 'the last');
  const count = await heardUntil(one, two, isLastStored);
  t.comment(`${count} messages, ${memory().toFixed()} MB, ${await stored()} rows`);
  t.ok(count > 10, `${count} messages came meanwhile`);
  t.ok(memory() < 400, `the server took ${memory().toFixed()} MB`);
  await Promise.all([one.close(), two.close()]);
}

t.test('one long message to a group of 200 who are offline holds nobody up', async (t) => {
  const [one, two] = await pair();
  await one.groupChat(1, GROUP, long);
  t.equal((await two.hear()).msg, long);
  await heavy(t, one, two);
});

t.test('as many long messages to one who is offline hold nobody up either', async (t) => {
  const [one, two] = await pair();
  for (let n = 0; n < OFFLINE; n++) await one.chat(1, FIRST, `${n} ${long}`);
  await heavy(t, one, two);
});

t.test('a message that would leave room for one character a row is not stored', async (t) => {
  const [one, two] = await pair();
  const narrow = { id: 1, msg: 'x'.repeat(64_000), msgid: 6, o: ['o'.repeat(425)], toid: FIRST };
  await one.say(narrow);
  await one.chat(1, FIRST, 'the last');
  await heardUntil(one, two, isLastStored);
  t.equal(await stored(), 1);
  await server.child.logged(/cannot be split/);
  await Promise.all([one.close(), two.close()]);
});

t.test('messages that cannot be stored do not slow down those that can', async (t) => {
  const [one, two] = await pair();
  const bad = { array: Array(170).fill(11), id: 1, msgid: 6, toid: FIRST };
  const work = async () => ({ cpu: (await measured(server)).cpu, inserts: await inserts() });
  const send = async (count: number, documents: object[]) => {
    const before = await stored();
    const since = await work();
    const bytes = Array.from({ length: count }, (_, n) => [
      ...documents,
      { id: 1, msg: `${n}`, msgid: 6, toid: FIRST },
    ]);
    await one.say(
      bytes
        .flat()
        .map((document) => `${JSON.stringify(document)}\0`)
        .join(''),
    );
    await until(async () => (await stored()) === before + count, `${count} messages to be stored`);
    const { cpu, inserts } = await work();
    return { cpu: cpu - since.cpu, inserts: inserts - since.inserts };
  };
  await send(500, []);
  const [alone, beside] = [await send(3000, []), await send(3000, [bad])];
  t.comment(alone, beside);
  t.ok(beside.cpu < 4 * alone.cpu + 500, `${beside.cpu} ms of CPU instead of ${alone.cpu}`);
  t.ok(beside.inserts < 4 * alone.inserts + 100, `${beside.inserts} statements instead of ${alone.inserts}`);
  await Promise.all([one.close(), two.close()]);
});
