import t, { type Test } from 'tap';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { ALL, fetched, withUnfetched } from './unfetched.js';

t.setTimeout(600_000);
const PEOPLE = 300;

/** A database with accounts, and a server on it. */
async function start(t: Test, ...options: string[]) {
  const mariadb = await MariaDb.start();
  const database = await openMysql(await mariadb.createDatabase('chat'));
  await database.seed({
    user: Array.from({ length: PEOPLE }, (_, n) => ({
      id: n + 1,
      name: `u${n + 1}`,
      password: 'pw',
      state: 'offline',
    })),
  });
  const server = await startServer(['--mysql', mariadb.url('chat'), '--pace', '0', ...options]);
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    await database.close();
    await mariadb.stop();
  });
  return { mariadb, database, server };
}

t.test('at a stop users go offline while others still fetch what they were sent', async (t) => {
  const { database, server } = await start(t, '--trust-client-ids');
  const people = [await User.online(server, 3), await User.online(server, 4)];
  const reader = await withUnfetched(server);
  t.ok((await database.online()).length >= 2);
  let hasEnded = false;
  void server.child.ended.then(() => {
    hasEnded = true;
  });
  server.child.signal('SIGTERM');
  await until(async () => (await database.online()).length === 0, 'all to be offline');
  t.equal(hasEnded, false, 'what was sent is still being fetched');
  t.same(await fetched(reader), ALL);
  t.equal(await server.child.ended, 0);
  await Promise.all(people.map((user) => user.close()));
});

for (const workers of ['1', '2'])
  t.test(`many users on ${workers} process(es) are all offline when a stop ends`, async (t) => {
    const { database, server } = await start(t, '--workers', workers);
    const ids = Array.from({ length: PEOPLE }, (_, n) => n + 1);
    await Promise.all(ids.map((id) => User.online(server, id)));
    t.equal((await database.online()).length, PEOPLE);
    t.equal(await server.child.stop(), 0);
    t.same(await database.online(), []);
  });

for (const workers of ['1', '2'])
  t.test(`a stop of ${workers} process(es) while the database is away says what is lost`, async (t) => {
    const { mariadb, database, server } = await start(
      t,
      '--workers',
      workers,
      '--shutdown-timeout',
      '2',
      '--login-failures',
      '0',
    );
    const ids = Array.from({ length: 20 }, (_, n) => n + 1);
    const people = await Promise.all(ids.map((id) => User.online(server, id)));
    mariadb.freeze();
    for (const [n, user] of people.entries()) await user.chat(n + 1, 100, `from ${n}`);
    for (const user of people) await user.settleWithoutDatabase();
    t.equal(await server.child.stop(), 1);
    const sum = (what: RegExp) =>
      [...server.child.log.matchAll(what)].reduce((all, [, count]) => all + Number(count), 0);
    t.equal(sum(/"count":(\d+),"msg":"messages lost: /g), 20);
    t.equal(sum(/"count":(\d+),"msg":"users left online: /g), 20);
    mariadb.thaw();
    t.equal((await database.online()).length, 20);
  });

t.test('a stop waits for a database that comes back, longer than for one that does not', async (t) => {
  const { mariadb, database, server } = await start(t);
  const ids = Array.from({ length: PEOPLE }, (_, n) => n + 1);
  await Promise.all(ids.map((id) => User.online(server, id)));
  mariadb.freeze();
  server.child.signal('SIGTERM');
  await server.child.logged(/"users":300,"msg":"still stopping"/);
  mariadb.thaw();
  t.equal(await server.child.ended, 0);
  t.same(await database.online(), []);
});
