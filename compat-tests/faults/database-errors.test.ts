import t from 'tap';
import { FailingProxy, type MysqlError } from '../contracts/failing-proxy.js';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
/** More than there are connections to the database. */
const PEOPLE = 12;

const mariadb = await MariaDb.start();
const url = await mariadb.createDatabase('chat');
const database = await openMysql(url);
const proxy = await FailingProxy.start(mariadb.port);
const through = url.replace(`:${mariadb.port}/`, `:${proxy.port}/`);
const server = await startServer(['--mysql', through, '--admin', '0', '--pace', '0']);
t.teardown(async () => {
  await server.child.stop('SIGTERM');
  proxy.stop();
  await database.close();
  await mariadb.stop();
});
const [, port] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);

/** Whether the server was ready all the time: it is now, and has told of no time when it was not. */
async function wasReady(): Promise<boolean> {
  const { status } = await fetch(`http://127.0.0.1:${port}/readyz`);
  return status === 200 && !/the database is away/.test(server.child.log);
}

const errors: Record<string, MysqlError> = {
  'a statement that is not known any more': { number: 1243, state: 'HY000' },
  'a statement to be prepared anew': { number: 1615, state: 'HY000' },
  'a server that has become a copy': { number: 1290, state: 'HY000' },
  'a limit of the account': { number: 1226, state: '42000' },
  'too many prepared statements': { number: 1461, state: '42000' },
  'what nobody knows': { number: 9001, state: 'HY000' },
};

let round = 0;
for (const [what, error] of Object.entries(errors)) {
  t.test(`${what}: nobody is refused, nothing is lost, and the server stays ready`, async (t) => {
    round++;
    const seen = new Set<string>();
    proxy.fail(({ kind, text }) => {
      // The number of a statement is another one each time.
      const asked = kind === 'execute' ? text.slice(4) : text;
      if (kind === 'other' || /^(set|rollback|commit)/.test(text) || seen.has(asked)) return undefined;
      seen.add(asked);
      return error;
    });
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => User.connect(server)));
    const replies = await Promise.all(people.map((user, n) => user.register(`round ${round} ${n}`)));
    t.ok(replies.every(({ errno }) => errno === 0));
    t.ok(await wasReady(), 'ready while accounts are made');
    const ids = replies.map(({ id }) => Number(id));
    const welcomes = await Promise.all(people.map((user, n) => user.login(ids[n] ?? 0)));
    t.ok(welcomes.every(({ errno }) => errno === 0));
    t.ok(await wasReady(), 'ready while they log in');
    const offline = Number((await people[0]?.register(`round ${round} absent`))?.id);
    await Promise.all(people.map((user, n) => user.chat(ids[n] ?? 0, offline, `from ${n}`)));
    const stored = async () =>
      (await database.rows()).offlinemessage.filter(({ userid }) => userid === offline).length;
    await until(async () => (await stored()) >= PEOPLE, 'all messages to be stored');
    t.equal(await stored(), PEOPLE, 'once each');
    await Promise.all(people.map((user) => user.close()));
    await until(async () => (await database.online()).length === 0, 'all to be offline');
    t.ok(seen.size > 5, `${seen.size} statements failed once`);
    t.ok(await wasReady(), 'ready while they chat and leave');
    proxy.fail(() => undefined);
  });
}
