import t, { type Test } from 'tap';
import { Child } from '../harness/child.js';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { type Server, startServer } from '../harness/server.js';
import { type Document, User } from '../harness/user.js';

t.setTimeout(600_000);
const STORED = 'chat_deliveries_total{outcome="stored"}';
const TOKEN = 'a token of sixteen characters or more';

/** A server with an admin port. */
async function start(t: Test, ...options: string[]): Promise<{ server: Server; url: string }> {
  const server = await startServer(['--admin', '0', '--pace', '0', ...options]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const [, port] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
  return { server, url: `http://127.0.0.1:${port}` };
}

async function get(
  url: string,
  headers: Record<string, string> = {},
): Promise<[status: number, body: string]> {
  const response = await fetch(url, { headers });
  return [response.status, await response.text()];
}

/** The value of a metric as a scrape shows it. */
async function metric(url: string, line: string): Promise<number> {
  const [, body] = await get(`${url}/metrics`);
  const found = body.split('\n').find((text) => text.startsWith(`${line} `));
  return Number(found?.slice(line.length));
}

for (const workers of ['1', '2']) {
  t.test(`metrics of ${workers} process(es): who is here and what was asked for`, async (t) => {
    const begun = Date.now() / 1000;
    const { server, url } = await start(t, '--data', ':memory:', '--workers', workers);
    const users = await Promise.all([1, 2, 3, 4].map(() => User.connect(server)));
    for (const [n, user] of users.entries()) {
      await user.register(`user${n}`);
      await user.login(n + 1);
    }
    t.equal(await metric(url, 'chat_connections'), 4);
    t.equal(await metric(url, 'chat_users'), 4);
    t.equal(await metric(url, 'chat_messages_total{verb="register"}'), 4);
    await users[0]?.chat(1, 2, 'hello');
    await users[1]?.hear();
    t.equal(await metric(url, 'chat_messages_total{verb="chat"}'), 1);
    const outcomes = ['here', 'elsewhere'].map((where) =>
      metric(url, `chat_deliveries_total{outcome="${where}"}`),
    );
    t.equal(
      (await Promise.all(outcomes)).reduce((a, b) => a + b),
      1,
    );
    await users[0]?.login(1);
    t.equal(await metric(url, 'chat_refused_total{verb="login",result="inUse"}'), 1);
    await users[0]?.say('{"msgid":99}\0');
    await users[0]?.settle();
    t.equal(await metric(url, 'chat_dropped_total{reason="unknown msgid"}'), 1);
    t.equal(await metric(url, 'chat_service_up{service="the database"}'), 1);
    t.ok((await metric(url, 'chat_store_seconds_count{call="register"}')) >= 4);
    t.ok((await metric(url, 'process_resident_memory_bytes')) > 1e6);
    t.equal(await metric(url, 'chat_processes'), Number(workers));
    t.equal(await metric(url, 'chat_nodes'), Number(workers) - 1);
    t.ok(Math.abs((await metric(url, 'process_start_time_seconds')) - begun) < 60, 'not the sum of all');
    for (const user of users) await user.close();
    await until(async () => (await metric(url, 'chat_connections')) === 0, 'everyone to be gone');
    t.same(await get(`${url}/livez`), [200, 'ok\n']);
    t.same(await get(`${url}/readyz`), [200, 'ready\n']);
    t.equal((await get(`${url}/nothing`))[0], 404);
    t.match(await get(`${url}/peers`), [200, '[]']);
    t.match(await get(`${url}/runbook?lang=zh`), [200, /<h2 id="备份">备份<\/h2>/]);
    t.match(await get(`${url}/runbook`), [200, /<h3 id="chatserviceaway">ChatServiceAway<\/h3>/]);
  });
}

t.test('metrics of two nodes: what goes elsewhere and is confirmed, and what waits', async (t) => {
  const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
  t.teardown(() => Promise.all([mariadb.stop(), redis.stop()]));
  const site = ['--mysql', await mariadb.createDatabase('chat'), '--redis', redis.url];
  const { server, url } = await start(t, ...site, '--max-kept', '1048576');
  const other = await startServer(site);
  t.teardown(() => other.child.stop('SIGKILL'));
  const one = await User.connect(server);
  for (const name of ['one', 'two', 'three']) await one.register(name);
  await one.login(1);
  const two = await User.online(other, 2);
  t.equal(await metric(url, 'chat_nodes'), 1);
  await one.chat(1, 2, 'hello');
  t.match(await two.hear(), { msg: 'hello' });
  await until(async () => (await metric(url, 'chat_confirmed_total')) === 1, 'the message to be confirmed');
  t.equal(await metric(url, 'chat_deliveries_total{outcome="elsewhere"}'), 1);
  t.equal(await metric(url, 'chat_unconfirmed_bytes'), 0);
  t.ok((await metric(url, 'chat_bus_seconds_count{call="subscribe"}')) >= 1);
  await one.chat(1, 3, 'for later');
  await until(
    async () => (await metric(url, 'chat_deliveries_total{outcome="stored"}')) === 1,
    'it to be stored',
  );

  mariadb.freeze();
  for (let sent = 0; sent < 10; sent++) await one.chat(1, 3, 'x'.repeat(60_000));
  await until(async () => (await metric(url, 'chat_braked_clients')) === 1, 'the brake');
  t.ok((await metric(url, 'chat_backlog_messages')) > 0);
  t.ok((await metric(url, 'chat_backlog_bytes')) > 200_000);
  t.equal(await metric(url, 'chat_backlog_limit_bytes'), 1_048_576);
  await until(async () => (await metric(url, 'chat_backlog_age_seconds')) > 0.1, 'it to become older');
  mariadb.thaw();
  // Messages that the brake kept in the client come only now.
  const stored = async () => metric(url, 'chat_deliveries_total{outcome="stored"}');
  await until(async () => (await stored()) === 11, 'all to be stored');
  await until(async () => (await metric(url, 'chat_backlog_messages')) === 0, 'nothing to wait');
  t.equal(await metric(url, 'chat_braked_clients'), 0);
  t.equal(await metric(url, 'chat_backlog_age_seconds'), 0);
  t.equal(await stored(), 11);
  await Promise.all([one.close(), two.close()]);
});

t.test('a mistyped id is a drop and no loss; a message that no form of can be stored is lost', async (t) => {
  const mariadb = await MariaDb.start();
  t.teardown(() => mariadb.stop());
  const { server, url } = await start(t, '--mysql', await mariadb.createDatabase('chat'));
  const user = await User.connect(server);
  for (const name of ['one', 'two']) await user.register(name);
  await user.login(1);
  await user.chat(1, 77, 'to nobody');
  await server.child.logged(/"level":40,.*"reason":"no such user","from":1,"to":77,"msg":"message dropped"/);
  const counts = () =>
    Promise.all(
      ['chat_dropped_total{reason="no such user"}', 'chat_lost_total{reason="store"}', STORED].map((name) =>
        metric(url, name),
      ),
    );
  t.same(await counts(), [1, 0, 0]);
  await user.chat(1, 2, 'to somebody');
  await user.say({ id: 1, msgid: 6, toid: 2, extra: 'x'.repeat(600), more: 'x'.repeat(600) });
  await server.child.logged(/"level":50,.*"from":1,"to":2,"msg":"message lost"/);
  t.same(await counts(), [1, 1, 1]);
  t.notMatch(server.child.log, /to nobody|to somebody|xxx/);
  await user.close();
});

t.test('whatever clients send, and however long it is, there are as many series as before', async (t) => {
  const mariadb = await MariaDb.start();
  t.teardown(() => mariadb.stop());
  const { server, url } = await start(t, '--mysql', await mariadb.createDatabase('chat'));
  const user = await User.connect(server);
  for (const name of ['one', 'two']) await user.register(name);
  await user.login(1);
  const unsplittable = (n: number) => {
    const text = 'x'.repeat(600 + n);
    return { id: 1, msgid: 6, toid: 2, extra: text, more: text };
  };
  // Each kind of what is dropped, lost or refused, with a number of its own in it.
  const kinds: ((n: number) => Document | string)[] = [
    unsplittable,
    (n) => ({ id: 1, msgid: 6, toid: 1000 + n, msg: `to nobody ${n}` }),
    (n) => ({ id: 1000 + n, msgid: 6, toid: 1, msg: 'in another name' }),
    (n) => ({ id: 1, msgid: 10, groupid: 1000 + n, msg: 'to no group' }),
    (n) => ({ msgid: 1000 + n }),
    (n) => ({ id: 1, msgid: 6, toid: `${n}` }),
    (n) => ({ id: 1, msgid: 6, toid: 1e10 + n }),
    (n) => ({ id: 1, msgid: 6, [`field${n}`]: n }),
    (n) => ({ id: 1, msgid: 1, password: n }),
    (n) => `{"msgid":6,"${n}\0`,
    (n) => `${n}\0`,
    (n) => `"\\u${n}"\0`,
  ];
  const sendAll = async (from: number, to: number) => {
    for (let n = from; n < to; n++) for (const kind of kinds) await user.say(kind(n));
    await until(async () => (await metric(url, 'chat_lost_total{reason="store"}')) === to, 'all to be lost');
    await user.settle();
    const [, body] = await get(`${url}/metrics`);
    return body.split('\n').filter((line) => /^chat_(dropped|lost|refused|messages|deliveries)/.test(line))
      .length;
  };
  const once = await sendAll(0, 1);
  t.equal(await sendAll(1, 30), once, `${once} series`);
  await user.close();
});

t.test('what waited for the database is told when all of it is stored, and is no warning', async (t) => {
  const mariadb = await MariaDb.start();
  t.teardown(() => mariadb.stop());
  const { server, url } = await start(t, '--mysql', await mariadb.createDatabase('chat'));
  const user = await User.connect(server);
  for (const name of ['one', 'two', 'three']) await user.register(name);
  await user.login(1);
  for (const id of [2, 3]) await user.chat(1, id, 'so that they are known');
  await until(async () => (await metric(url, STORED)) === 2, 'two to be stored');
  await mariadb.kill();
  for (let sent = 0; sent < 373; sent++) await user.chat(1, 2 + (sent % 2), `message ${sent}`);
  await until(async () => (await metric(url, 'chat_backlog_messages')) === 373, 'all to wait');
  await server.child.logged(/"level":40,.*"msg":"messages wait for the database"/);
  await mariadb.start();
  const [line] = await server.child.logged(/^.*"the messages that waited are stored".*$/m);
  t.match(JSON.parse(line), { level: 30, stored: 373, seconds: Number });
  t.equal(await metric(url, STORED), 375);
  await server.child.logged(/the database is back/);
  t.equal(server.child.log.split('that waited are stored').length, 2);
  const { recent } = JSON.parse((await get(`${url}/status`))[1]) as { recent: { message: string }[] };
  const messages = recent.map(({ message }) => message);
  for (const text of ['the database is away', 'the database is back', 'the messages that waited are stored'])
    t.ok(messages.includes(text), text);
  await user.close();
});

t.test('readiness tells what is away, and that it is back', async (t) => {
  const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
  t.teardown(() => Promise.all([mariadb.stop(), redis.stop()]));
  const { url } = await start(t, '--mysql', await mariadb.createDatabase('chat'), '--redis', redis.url);
  const ready = async () => get(`${url}/readyz`);
  t.same(await ready(), [200, 'ready\n']);
  await redis.kill();
  await until(async () => /^ready\nRedis is away: \S/.test((await ready())[1]), 'Redis to be missed');
  t.equal((await ready())[0], 200, 'chat on this node goes on: degraded is not down');
  await redis.start();
  await until(async () => (await ready())[1] === 'ready\n', 'Redis to be back');
  await mariadb.kill();
  await until(async () => (await ready())[0] === 503, 'the database to be missed, though nobody needs it');
  t.match((await ready())[1], /^the database is away: \S/);
  t.equal(await metric(url, 'chat_service_up{service="the database"}'), 0);
  await redis.kill();
  t.equal((await get(`${url}/livez`))[0], 200);
  const away = async () => (JSON.parse((await get(`${url}/status`))[1]) as { problems: string[] }).problems;
  await until(
    async () => (await away()).some((text) => /^Redis is away: \S/.test(text)),
    'both to be missed',
  );
  const status = JSON.parse((await get(`${url}/status`))[1]) as { recent: { message: string }[] };
  t.ok(status.recent.some(({ message }) => message === 'Redis is away'));
  await Promise.all([mariadb.start(), redis.start()]);
  await until(async () => (await ready())[0] === 200, 'both to be back');
});

t.test('who has the token lists users, ends connections and speaks to all; nobody else', async (t) => {
  const { server, url } = await start(t, '--data', ':memory:', '--workers', '2', '--admin-token', TOKEN);
  const users = await Promise.all([1, 2].map(() => User.connect(server)));
  for (const [n, user] of users.entries()) {
    await user.register(`user${n}`);
    await user.login(n + 1);
  }
  const [one, two] = users as [User, User];
  const authorization = `Bearer ${TOKEN}`;
  t.equal((await get(`${url}/users`))[0], 401);
  t.equal((await get(`${url}/users`, { authorization: 'Bearer wrong' }))[0], 401);
  const [, list] = await get(`${url}/users`, { authorization });
  const told = (JSON.parse(list) as { id: number }[]).sort((a, b) => a.id - b.id);
  t.equal(told.length, 2);
  for (const [n, user] of told.entries())
    t.match(user, {
      id: n + 1,
      name: `user${n}`,
      address: '127.0.0.1',
      since: Number,
      idle: Number,
      node: /./,
    });
  const post = (path: string, body?: string) =>
    fetch(`${url}/${path}`, {
      method: 'POST',
      headers: { authorization },
      ...(body !== undefined && { body }),
    });
  t.same(await (await post('say', 'back in five minutes')).json(), { told: 2 });
  for (const user of users)
    t.match(await user.hear(), { msgid: 6, id: 0, name: 'server', msg: 'back in five minutes' });
  t.equal((await post('say', '')).status, 400);
  t.same(await (await post('kick/2')).json(), { kicked: 1 });
  t.same(await two.rest(), []);
  t.same(await (await post('kick/2')).json(), { kicked: 0 });
  t.equal((await post('kick/x')).status, 400);
  t.same(await one.settle(), []);
  const off = await start(t, '--data', ':memory:');
  t.match(await get(`${off.url}/users`, { authorization }), [403, /--admin-token/]);
});

t.test('a port that is taken ends the start with one line', async (t) => {
  const { url } = await start(t, '--data', ':memory:');
  const child = new Child(process.execPath, [
    ...['dist/main.js', '127.0.0.1', '0', '--data', ':memory:', '--admin', new URL(url).port],
  ]);
  t.equal(await child.ended, 1);
  t.match(child.log, /chat-server: cannot listen on 127\.0\.0\.1 \d+ \(EADDRINUSE\): it is taken .*\n$/);
});
