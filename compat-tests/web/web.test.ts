import { request } from 'node:http';
import t, { type Test } from 'tap';
import { User } from '../harness/user.js';
import { startWebServer, type WebServer } from './web-server.js';
import { WebUser } from './web-user.js';

t.setTimeout(600_000);

async function start(t: Test, ...options: string[]): Promise<WebServer> {
  const server = await startWebServer(['--data', ':memory:', ...options]);
  t.teardown(() => server.child.stop('SIGKILL'));
  return server;
}

/** The answer to a request; the connection ends with it. */
function ask(
  url: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.on('error', reject).end();
  });
}

/** The part of a cookie that a browser sends. */
function shown(cookie: string | undefined): Record<string, string> {
  return { cookie: cookie?.split(';')[0] ?? '' };
}

t.test('the page, its dialect and what it must know are served, with a strict policy', async (t) => {
  const server = await start(t, '--max-message', '12345');
  const page = await ask(server.url);
  t.equal(page.status, 200);
  t.match(page.body, /<div id="page">/);
  const policy = String(page.headers['content-security-policy']);
  t.match(policy, /default-src 'none'/);
  t.notMatch(policy, /unsafe|\*|https?:/);
  for (const file of ['page.js', 'page.css', 'icon.svg', 'manifest.json'])
    t.equal((await ask(server.url + file)).status, 200, file);
  const dialect = JSON.parse((await ask(`${server.url}dialect.json`)).body);
  t.match(dialect, { requests: { login: 1, groupChat: 10 }, replies: { login: 2 }, typeKey: 'msgid' });
  t.same(JSON.parse((await ask(`${server.url}server.json`)).body), {
    maxMessage: 12345,
    recall: 120,
  });
  const { etag } = page.headers;
  t.equal((await ask(server.url, { headers: { 'if-none-match': String(etag) } })).status, 304);
  t.equal(
    (await ask(`${server.url}page.js`, { headers: { 'accept-encoding': 'br' } })).headers['content-encoding'],
    'br',
  );
  for (const path of ['nothing', '../package.json', '%2e%2e/package.json', 'chat', 'page.js/', '//'])
    t.equal((await ask(server.url + path)).status, 404, path);
  t.equal((await ask(server.url, { method: 'PUT' })).status, 405);
});

t.test('a browser and a console chat with each other; one message is one document', async (t) => {
  const server = await start(t);
  const [web, console] = [await WebUser.connect(server.url), await User.connect(server)];
  t.match(await web.register('网页'), { errno: 0, id: 1 });
  t.match(await console.register('控制台'), { errno: 0, id: 2 });
  t.match(await web.login(1), { errno: 0, name: '网页' });
  await console.login(2);
  web.chat(1, 2, '你好');
  t.match(await console.hear(), { id: 1, msg: '你好' });
  for (let n = 0; n < 50; n++) await console.chat(2, 1, `${n}`);
  for (let n = 0; n < 50; n++) t.equal((await web.hear()).msg, `${n}`);
  // Half a document, and two in one frame, are no documents here: only a stream puts them together.
  web.say('{"msgid":6,"id":1,"toid":2,');
  web.say('{"id":1,"msg":"a","msgid":6,"toid":2}{"id":1,"msg":"b","msgid":6,"toid":2}');
  web.say('  {"id":1,"msg":"c","msgid":6,"toid":2}\n');
  t.match(await console.hear(), { msg: 'c' });
  await server.child.logged(/"reason":"syntax"/);
});

t.test('a browser reads any length: its lists are whole, where a console gets what fits', async (t) => {
  const server = await start(t);
  const web = await WebUser.connect(server.url);
  for (let n = 1; n <= 40; n++) await web.register(`user number ${n}`);
  await web.login(1);
  for (let n = 2; n <= 40; n++) web.say({ id: 1, msgid: 7, friendid: n });
  web.say({ id: 1, msgid: 3 });
  t.equal((await web.login(1)).friends.length, 39);
  web.say({ id: 1, msgid: 3 });
  await web.login(-2147483648);
  const console = await User.connect(server);
  t.ok((await console.login(1)).friends.length < 39);
});

t.test('what is longer than --max-message ends the connection, and is counted', async (t) => {
  const server = await start(t, '--max-message', '1000');
  const web = await WebUser.connect(server.url);
  web.say(`{"msgid":4,"name":"${'x'.repeat(2000)}","password":""}`);
  await web.closed();
  await server.child.logged(/"reason":"too long","address":"127\.0\.0\.1"/);
});

t.test('a page of another origin neither chats nor ends a login', async (t) => {
  const server = await start(t, '--web-origin', 'https://friend.example');
  const evil = { headers: { origin: 'https://evil.example' } };
  await t.rejects(WebUser.connect(server.url, evil), /403/);
  await server.child.logged(/"reason":"a page of another origin"/);
  t.equal((await ask(`${server.url}logout`, { method: 'POST', ...evil })).status, 403);
  for (const origin of ['https://friend.example', server.url.slice(0, -1)])
    t.match(
      await (await WebUser.connect(server.url, { headers: { origin } })).login(1),
      { errno: 1 },
      origin,
    );
  await t.rejects(WebUser.connect(server.url.replace(/$/, 'x/')), /404/);
});

t.test('a browser logs in again by its cookie, until it logs out or the password changes', async (t) => {
  const server = await start(t);
  const first = await WebUser.connect(server.url, { query: '?keep' });
  t.match(first.cookie, /^chat-login=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
  await first.register('one');
  await first.register('two');
  await first.login(1);
  const headers = shown(first.cookie);
  const come = async (id: number, more: object = headers, query = '?resume') => {
    const user = await WebUser.connect(server.url, { query, headers: more as Record<string, string> });
    const reply = await user.login(id, '');
    user.say({ id, msgid: 3 });
    await user.login(-2147483648, 'x');
    user.socket.close();
    await user.closed();
    return reply.errno;
  };
  first.say({ id: 1, msgid: 3 });
  t.equal(await come(1), 0);
  t.equal(await come(1), 0, 'again');
  t.equal(await come(2), 1, 'not as somebody else');
  t.equal(await come(1, {}), 1, 'not without the cookie');
  t.equal(await come(1, headers, ''), 1, 'not where it is not asked for');
  t.equal(await come(1, { cookie: `${headers.cookie?.slice(0, -1)}` }), 1, 'not with another one');
  const forgetful = await WebUser.connect(server.url);
  t.equal(forgetful.cookie, undefined);
  const stolen = await WebUser.connect(server.url, { query: '?keep', headers });
  t.notSame(shown(stolen.cookie), headers, 'a token that a browser had before is worth nothing new');
  const out = await ask(`${server.url}logout`, { method: 'POST', headers });
  t.equal(out.status, 204);
  t.match(String(out.headers['set-cookie']), /^chat-login=; Max-Age=0;/);
  t.equal(await come(1), 1, 'after it has logged out');
});

t.test('what a counting page does not say it has comes again; what it has does not', async (t) => {
  const server = await start(t);
  const sender = await User.connect(server);
  await sender.register('sender');
  await sender.register('reader');
  await sender.login(1);
  const reader = await WebUser.connect(server.url, { counts: true, query: '?tab=0123456789abcdef' });
  await reader.until(() => reader.handled === 0, 'the first counts');
  await reader.login(2);
  reader.tell();
  await sender.chat(1, 2, 'one');
  t.match(await reader.hear(), { msg: 'one' });
  reader.tell();
  await reader.until(() => reader.confirmed === 2, 'that it is known to have two documents');
  t.equal(reader.handled, 1);
  await sender.chat(1, 2, 'two');
  t.match(await reader.hear(), { msg: 'two' });
  await sender.chat(1, 2, 'three');
  await sender.settle();
  reader.socket.terminate();
  const again = await WebUser.connect(server.url, { counts: true, query: '?tab=0123456789abcdef' });
  const { offlinemsg = [] } = await again.login(2);
  t.same(
    offlinemsg.map((text: string) => JSON.parse(text).msg),
    ['two', 'three'],
  );
  again.tell();
  await again.until(() => again.confirmed === 1, 'that it is known to have them');
  await again.until(() => again.handled === 2, 'that what the tab had sent before counts');
});

t.test('a tab that comes back ends the connection that it had: its account is not in use', async (t) => {
  const server = await start(t);
  const query = '?tab=0123456789abcdef';
  const first = await WebUser.connect(server.url, { counts: true, query });
  await first.register('one');
  first.tell();
  await first.login(1);
  // Its network was cut: nobody knows that it is gone.
  const again = await WebUser.connect(server.url, { counts: true, query });
  t.match(await again.login(1), { errno: 0 });
  await first.closed();
});

t.test('counts that cannot be end the connection', async (t) => {
  const server = await start(t);
  for (const counts of [true, false]) {
    const web = await WebUser.connect(server.url, { counts });
    web.tell(7);
    t.equal((await web.closed()).code, 1003);
  }
});

t.test('a text that is not UTF-8 ends the connection, as RFC 6455 has it', async (t) => {
  const server = await start(t);
  for (const bytes of [
    [0x7b, 0xff, 0x7d],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
  ]) {
    const web = await WebUser.connect(server.url);
    web.socket.send(Buffer.from(bytes), { binary: false });
    t.equal((await web.closed()).code, 1007);
  }
});

t.test('who is sent away hears why', async (t) => {
  const server = await start(t, '--admin', '0', '--admin-token', '0123456789abcdef');
  const web = await WebUser.connect(server.url);
  await web.register('one');
  await web.login(1);
  server.child.signal('SIGTERM');
  t.same(await web.closed(), { code: 1000, reason: 'the server stops' });
});

t.test('behind a proxy that is trusted, X-Forwarded-For says who it is, and PROXY may', async (t) => {
  const server = await start(t, '--proxy-from', '127.0.0.1', '--log-level', 'debug');
  const headers = { 'x-forwarded-for': '203.0.113.9, 192.0.2.7', 'x-forwarded-proto': 'https' };
  const web = await WebUser.connect(server.url, { headers, query: '?keep' });
  t.match(web.cookie, /; Secure$/);
  await server.child.logged(/"address":"192\.0\.2\.7","msg":"a client has come"/);
  const other = await start(t, '--log-level', 'debug');
  t.notMatch((await WebUser.connect(other.url, { headers, query: '?keep' })).cookie, /Secure/);
  await other.child.logged(/"address":"127\.0\.0\.1","msg":"a client has come"/);
});

t.test('workers serve browsers as well', async (t) => {
  const server = await start(t, '--workers', '2');
  t.equal((await ask(server.url)).status, 200);
  const users = [
    await WebUser.connect(server.url),
    await WebUser.connect(server.url),
    await WebUser.connect(server.url),
  ];
  for (const [n, user] of users.entries()) {
    await user.register(`user${n}`);
    await user.login(n + 1);
  }
  for (const to of [2, 3]) users[0]?.chat(1, to, 'hello');
  for (const user of users.slice(1)) t.match(await user.hear(), { msg: 'hello' });
});
