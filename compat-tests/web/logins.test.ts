import { writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { startWebServer, type WebServer } from './web-server.js';
import { WebUser } from './web-user.js';

t.setTimeout(600_000);
const folder = newFolder();
const mariadb = await MariaDb.start();
t.teardown(async () => {
  await mariadb.stop();
  folder.remove();
});

/** Gives a user another password, as an operator does. */
async function changePassword(id: number, password: string, where: readonly string[]): Promise<void> {
  const input = `${folder.path}/typed`;
  writeFileSync(input, `${password}\n`);
  const args = ['-c', `exec node dist/main.js "$@" <${input}`, 'sh', 'password', `${id}`, ...where];
  const child = new Child('sh', args);
  if ((await child.ended) !== 0) throw new Error(child.log);
}

/** A browser logs in with a password, is given a cookie, and leaves. Resolves with what it sends from then on. */
async function keep(
  { url }: WebServer,
  id: number,
  password: string,
  headers: Record<string, string> = {},
): Promise<Record<string, string>> {
  const user = await WebUser.connect(url, { query: '?keep', headers });
  const { errno } = await user.login(id, password);
  if (errno !== 0) throw new Error(`the login was answered ${errno}`);
  await leave(user, id);
  return { cookie: user.cookie?.split(';')[0] ?? '' };
}

/** Whether a browser is let in by its cookie. */
async function isLetIn({ url }: WebServer, id: number, headers: Record<string, string>): Promise<boolean> {
  const user = await WebUser.connect(url, { query: '?resume', headers });
  const { errno } = await user.login(id, '');
  if (errno === 0) await leave(user, id);
  else user.socket.close();
  await user.closed();
  return errno === 0;
}

/** Logs out; a login that never works is answered after that. */
async function leave(user: WebUser, id: number): Promise<void> {
  user.say({ id, msgid: 3 });
  await user.login(-2147483648, 'x');
  user.socket.close();
}

async function start(t: Test, where: readonly string[]): Promise<WebServer> {
  const server = await startWebServer(where);
  t.teardown(() => server.child.stop('SIGKILL'));
  const user = await WebUser.connect(server.url);
  for (const name of ['one', 'two']) await user.register(name, 'old');
  user.socket.close();
  return server;
}

for (const database of ['embedded', 'MySQL']) {
  const place = async (name: string) =>
    database === 'MySQL'
      ? ['--mysql', await mariadb.createDatabase(name)]
      : ['--data', `${folder.path}/${name}.db`];

  t.test(`a new password ends the logins of all browsers of the user (${database})`, async (t) => {
    const where = await place('password');
    const server = await start(t, where);
    const browsers = [await keep(server, 1, 'old'), await keep(server, 1, 'old')];
    const other = await keep(server, 2, 'old');
    for (const browser of browsers) t.ok(await isLetIn(server, 1, browser));
    await changePassword(1, 'new', where);
    for (const browser of browsers) t.notOk(await isLetIn(server, 1, browser), 'the cookie is worth nothing');
    t.ok(await isLetIn(server, 2, other), 'of another user it is worth what it was');
    const again = await keep(server, 1, 'new');
    t.ok(await isLetIn(server, 1, again), 'a login with the new password is kept');
    await changePassword(1, 'old', where);
    t.notOk(await isLetIn(server, 1, again));
  });

  t.test(`a browser that logs in anew has no use for what it had before (${database})`, async (t) => {
    const server = await start(t, await place('anew'));
    const [browser, other] = [await keep(server, 1, 'old'), await keep(server, 1, 'old')];
    const anew = await keep(server, 1, 'old', browser);
    t.notOk(await isLetIn(server, 1, browser));
    t.ok(await isLetIn(server, 1, anew));
    const second = await keep(server, 2, 'old', anew);
    t.notOk(await isLetIn(server, 1, anew), 'nor has another user who logs in with it');
    t.ok(await isLetIn(server, 2, second));
    const wrong = await WebUser.connect(server.url, { query: '?keep', headers: second });
    t.match(await wrong.login(2, 'wrong'), { errno: 1 });
    wrong.socket.close();
    t.notOk(await isLetIn(server, 2, second), 'nor has a login that failed: the cookie is another one');
    t.ok(await isLetIn(server, 1, other), 'another browser stays as it was');
  });

  t.test(`a cookie that a browser only shows is worth no more after a login (${database})`, async (t) => {
    const server = await start(t, await place('shown'));
    const comesBack = async (id: number, headers: Record<string, string>) => {
      // As a page does whose connection was lost: it has the password.
      const user = await WebUser.connect(server.url, { query: '?resume', headers });
      t.match(await user.login(id, 'old'), { errno: 0 });
      await leave(user, id);
      await user.closed();
    };
    const planted = { cookie: `chat-login=${'x'.repeat(43)}` };
    await comesBack(1, planted);
    t.notOk(await isLetIn(server, 1, planted), 'somebody else may have put it there');
    const others = await keep(server, 2, 'old');
    await comesBack(1, others);
    t.notOk(await isLetIn(server, 1, others), 'nor is that of another user');
    t.ok(await isLetIn(server, 2, others), 'which stays what it was');
    const ended = await keep(server, 1, 'old');
    const logOut = { method: 'POST', headers: await keep(server, 1, 'old') };
    t.equal((await fetch(`${server.url}logout?everywhere`, logOut)).status, 204);
    await comesBack(1, ended);
    t.notOk(await isLetIn(server, 1, ended), 'nor is one that has ended');
    const own = await keep(server, 1, 'old');
    await comesBack(1, own);
    t.ok(await isLetIn(server, 1, own), 'its own is worth what it was');
  });

  t.test(`who logs out everywhere ends the logins of all of his browsers (${database})`, async (t) => {
    const server = await start(t, await place('everywhere'));
    const browsers = [
      await keep(server, 1, 'old'),
      await keep(server, 1, 'old'),
      await keep(server, 1, 'old'),
    ];
    const [first = {}, second = {}, third = {}] = browsers;
    const other = await keep(server, 2, 'old');
    const logOut = async (headers: Record<string, string>, query: string) =>
      (await fetch(`${server.url}logout${query}`, { method: 'POST', headers })).status;
    t.equal(await logOut({ cookie: `chat-login=${'x'.repeat(43)}` }, '?everywhere'), 204);
    t.equal(await logOut(third, ''), 204);
    t.notOk(await isLetIn(server, 1, third), 'this browser');
    t.equal(await logOut(third, '?everywhere'), 204);
    for (const browser of [first, second])
      t.ok(await isLetIn(server, 1, browser), 'no other by a dead cookie');
    t.equal(await logOut(first, '?everywhere'), 204);
    for (const browser of browsers) t.notOk(await isLetIn(server, 1, browser));
    t.ok(await isLetIn(server, 2, other), 'nobody else’s');
    t.ok(await isLetIn(server, 1, await keep(server, 1, 'old')), 'the account is as good as before');
  });
}
