import t from 'tap';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const COUNT = 20;
const SECONDS = 3;

const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
t.teardown(() => Promise.all([mariadb.stop(), redis.stop()]));
const site = ['--pace', '0', '--mysql', await mariadb.createDatabase('chat'), '--redis', redis.url];

t.test(
  'a node that drains says goodbye to one after the other, and each can log in elsewhere at once',
  async (t) => {
    const options = ['--drain', `${SECONDS}`, '--admin', '0', '--log-level', 'debug'];
    const leaving = await startServer([...site, ...options]);
    const staying = await startServer(site);
    t.teardown(() => Promise.all([leaving, staying].map(({ child }) => child.stop('SIGKILL'))));
    const [, admin] = await leaving.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
    const ids = Array.from({ length: COUNT }, (_, n) => n + 1);
    const first = await User.connect(staying);
    for (const id of ids) await first.register(`user${id}`);
    await first.close();
    const users = await Promise.all(ids.map((id) => User.online(leaving, id)));

    leaving.child.signal('SIGTERM');
    const moved = await Promise.all(
      users.map(async (user, n) => {
        await user.rest();
        await user.close();
        const again = await User.connect(staying);
        await until(async () => (await again.login(n + 1)).errno === 0, 'the login elsewhere');
        return again;
      }),
    );
    t.equal(await leaving.child.ended, 0);
    // As the node tells: who hears it may be kept waiting by a busy machine.
    const times = timesOf(leaving.child.log, 'a client has gone');
    const lasted = ((times.at(-1) ?? 0) - (timesOf(leaving.child.log, 'stopping')[0] ?? 0)) / 1000;
    t.ok(lasted > 0.7 * SECONDS, `the last left after ${lasted} s`);
    t.ok(new Set(times).size > COUNT / 4, `${COUNT} left in ${new Set(times).size} different moments`);
    const [one, two] = moved as [User, User];
    await one.chat(1, 2, 'here we are');
    t.match(await two.hear(), { msg: 'here we are' });
    await t.rejects(fetch(`http://127.0.0.1:${admin}/readyz`));
    for (const user of moved) await user.close();
  },
);

/** When lines with this text were logged, in ms since 1970. */
function timesOf(log: string, msg: string): number[] {
  const lines = log.split('\n').filter((line) => line.endsWith(`"msg":"${msg}"}`));
  return lines.map((line) => JSON.parse(line).time);
}

t.test('while it drains it is not ready, takes nobody in, and those who are left still chat', async (t) => {
  const server = await startServer(['--data', ':memory:', '--pace', '0', '--drain', '60', '--admin', '0']);
  t.teardown(() => server.child.stop('SIGKILL'));
  const [, admin] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
  const [one, two] = [await User.connect(server), await User.connect(server)];
  for (const [n, user] of [one, two].entries()) {
    await user.register(`user${n}`);
    await user.login(n + 1);
  }
  server.child.signal('SIGTERM');
  await server.child.logged(/"stopping"/);
  const ready = await fetch(`http://127.0.0.1:${admin}/readyz`);
  t.same([ready.status, await ready.text()], [503, 'the server is stopping\n']);
  await t.rejects(User.connect(server));
  await one.chat(1, 2, 'still here');
  t.match(await two.hear(), { msg: 'still here' });
  server.child.signal('SIGTERM');
  t.equal(await server.child.ended, 1, 'a second signal ends it at once');
});
