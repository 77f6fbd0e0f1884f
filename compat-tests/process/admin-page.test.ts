import { readFileSync } from 'node:fs';
import t from 'tap';
import { findBrowser, startBrowser } from '../harness/browser.js';
import { DEADLINE, until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { freePort } from '../harness/port.js';
import { Redis } from '../harness/redis.js';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const chromium = findBrowser();
/** With a number of seconds, a picture for the README is taken after so long. */
const PICTURE = process.env.CHAT_SCREENSHOT;

/** For the page: how much its state stands out from what is behind it, as WCAG measures it. */
const CONTRAST = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = getComputedStyle(document.body).backgroundColor;
  const back = light(behind === 'rgba(0, 0, 0, 0)' ? 'white' : behind);
  const front = light(getComputedStyle(document.getElementById('state')).color);
  return (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
})()`;

t.test(
  'the live page shows two users chatting as it happens, and asks nobody else for anything',
  { skip: chromium === undefined && 'there is no Chromium here' },
  async (t) => {
    const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
    const site = ['--pace', '0', '--mysql', await mariadb.createDatabase('chat'), '--redis', redis.url];
    const [server, other] = [
      await startServer([...site, '--admin', '0', '--name', 'node-a']),
      await startServer(site),
    ];
    const browser = await startBrowser(chromium ?? '');
    t.teardown(async () => {
      await browser.close();
      await Promise.all([server, other].map(({ child }) => child.stop('SIGKILL')));
      await Promise.all([mariadb.stop(), redis.stop()]);
    });
    const [, port] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
    const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
    page.setDefaultTimeout(DEADLINE);
    const asked = new Set<string>();
    const wrong: string[] = [];
    page.on('request', (request) => asked.add(new URL(request.url()).host));
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    await page.goto(`http://127.0.0.1:${port}/`);
    const shown = async (card: string) =>
      Number((await page.locator(`[data-card="${card}"] b`).textContent())?.replaceAll(',', ''));
    await page.getByText('serving', { exact: true }).waitFor();
    t.equal(await shown('users'), 0);
    t.equal(await page.locator('h1').textContent(), 'node-a');

    const users = [
      await User.connect(server),
      await User.connect(server),
      await User.connect(other),
    ] as const;
    for (const [n, user] of users.entries()) {
      await user.register(`user${n + 1}`);
      await user.login(n + 1);
    }
    await until(async () => (await shown('users')) === 2, 'the users of this node to be shown');
    let chatting = true;
    const chat = (async () => {
      while (chatting) {
        await users[0].chat(1, 2, 'hello');
        await users[1].hear();
        await users[1].chat(2, 1, 'hello yourself');
        await users[0].hear();
        await users[0].chat(1, 3, 'hello there');
        await users[2].hear();
      }
    })();
    await users[0].say('{"msgid":99}\0');
    await until(async () => (await shown('messages')) > 1, 'the rate to be shown');
    await until(async () => (await shown('deliveries')) > 1, 'what arrives to be shown');
    for (const text of ['received: chat', 'delivered: to another node', 'confirmed by another node'])
      await page.getByText(text, { exact: true }).waitFor();
    await page.getByText('message dropped').waitFor();
    // The database and Redis.
    await page.getByText('answers', { exact: true }).nth(1).waitFor();
    await page.getByText(/^1 known;/).waitFor();
    if (PICTURE !== undefined) {
      await page.waitForTimeout(Number(PICTURE) * 1000);
      await page.screenshot({ path: 'docs/images/admin.png', fullPage: true });
    }
    chatting = false;
    await chat;
    await redis.kill();
    await page.getByText('serving, with a problem', { exact: true }).waitFor();
    const problem = page.locator('[data-problem="Redis"]');
    for (const text of ['Redis is away', 'Since', 'Reason', 'What users notice', 'What to do'])
      t.match(await problem.textContent(), text);
    t.match(await page.title(), /^⚠ node-a: /);
    await mariadb.kill();
    await page.getByText(/^not ready/).waitFor();
    t.equal(
      await page.locator('.problem').first().getAttribute('data-problem'),
      'the database',
      'the worst first',
    );
    await Promise.all([mariadb.start(), redis.start()]);
    await page.getByText('serving', { exact: true }).waitFor();
    await page.locator('#problems:empty').waitFor({ state: 'attached' });
    for (const text of ['Redis is away', 'Redis is back', 'the database is back'])
      await page.locator('#recent').getByText(text, { exact: true }).first().waitFor();
    await Promise.all(users.map((user) => user.close()));
    await until(async () => (await shown('users')) === 0, 'nobody to be shown');
    t.same([...asked], [`127.0.0.1:${port}`]);
    t.same(wrong, []);
  },
);

t.test(
  'whoever opens it sees the past at once, in his language, in two columns on a phone, by day and by night',
  { skip: chromium === undefined && 'there is no Chromium here' },
  async (t) => {
    const server = await startServer(['--data', ':memory:', '--admin', '0', '--workers', '2']);
    t.teardown(() => server.child.stop('SIGKILL'));
    const [, port] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
    const url = `http://127.0.0.1:${port}/`;
    const past = async () => ((await (await fetch(`${url}history`)).json()) as object[]).length;
    await until(async () => (await past()) >= 2, 'a past');
    const browser = await startBrowser(chromium ?? '');
    t.teardown(() => browser.close());
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({
        locale: 'zh-CN',
        colorScheme,
        viewport: { width: 360, height: 700 },
      });
      context.setDefaultTimeout(DEADLINE);
      const page = await context.newPage();
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => wrong.push(message.text()));
      await page.goto(url);
      await page.getByText('正常服务', { exact: true }).waitFor();
      const line = page.locator('[data-card="memory"] polyline');
      t.match(await line.getAttribute('points'), /^\S+,\S+ \S+,\S+/, 'a line of more than one point');
      const cards = await page.locator('.card').evaluateAll((all) => all.map((card) => card.offsetLeft));
      t.equal(new Set(cards).size, 2, 'two columns');
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      t.ok(width <= 360, `${width} of 360 pixels`);
      const contrast = Number(await page.evaluate(CONTRAST));
      t.ok(contrast >= 4.5, `${colorScheme}: the state can be read: ${contrast}`);
      await page.getByText('其他工作进程').waitFor();
      t.equal(await page.getByText('其他节点', { exact: true }).count(), 0, 'without Redis there are none');
      await page.getByRole('button', { name: 'English' }).click();
      await page.getByText('serving', { exact: true }).waitFor();
      await page.getByText('1 known; they have confirmed all', { exact: true }).waitFor();
      t.same(wrong, []);
      await context.close();
    }
  },
);

t.test(
  'the page shows how the other nodes are, in its language, and leads to theirs and to what one does',
  { skip: chromium === undefined && 'there is no Chromium here' },
  async (t) => {
    const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
    t.teardown(() => Promise.all([mariadb.stop(), redis.stop()]));
    const database = ['--mysql', await mariadb.createDatabase('chat'), '--redis', redis.url];
    const site = [...database, '--pace', '0', '--admin', '0'];
    const port = async (server: Server) =>
      (await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/))[1] ?? '';
    const other = await startServer([...site, '--name', 'node-b']);
    const dead = await freePort();
    const peers = `127.0.0.1:${await port(other)},127.0.0.1:${dead}`;
    const server = await startServer([...site, '--name', 'node-a', '--admin-peers', peers]);
    const browser = await startBrowser(chromium ?? '');
    t.teardown(async () => {
      await browser.close();
      await Promise.all([server, other].map(({ child }) => child.stop('SIGKILL')));
    });
    const user = await User.connect(other);
    await user.register('one');
    await user.login(1);
    const page = await browser.newPage({ locale: 'zh-CN' });
    page.setDefaultTimeout(DEADLINE);
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    await page.goto(`http://127.0.0.1:${await port(server)}/`);
    const nodes = page.locator('#nodes tr');
    await nodes.filter({ hasText: 'node-b' }).getByText('正常服务', { exact: true }).waitFor();
    await nodes.filter({ hasText: 'node-b' }).locator('td.number').getByText('1', { exact: true }).waitFor();
    // A reason is said in Chinese, and as it is.
    await nodes
      .nth(1)
      .filter({ hasText: /没有响应：连接被拒绝.*（.*ECONNREFUSED.*）/ })
      .waitFor();
    await redis.kill();
    await nodes
      .filter({ hasText: 'node-b' })
      .getByText(/在服务，但有问题; Redis 不可用: 连接被.*（.*）/)
      .waitFor();
    const problem = page.locator('[data-problem="Redis"]');
    await problem.filter({ hasText: /原因连接被/ }).waitFor();
    await page
      .locator('#recent')
      .getByText(/^原因: 连接被.*（.*）/)
      .first()
      .waitFor();
    await problem.getByRole('link').click();
    await page.getByRole('heading', { name: 'ChatServiceAway' }).waitFor();
    t.match(page.url(), /runbook\?lang=zh#chatserviceaway$/);
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'What fails how' }).waitFor();
    t.equal(await page.locator('main table').first().locator('th').first().textContent(), 'what happens');
    await page.goBack();
    await page.goBack();
    await page.locator('#nodes').getByRole('link', { name: 'node-b' }).click();
    await page.getByRole('heading', { name: 'node-b' }).waitFor();
    await page.locator('#state').getByText('在服务，但有问题', { exact: true }).waitFor();
    t.equal(await page.locator('#peers').isVisible(), false, 'it was told of no others');
    t.same(wrong, []);
    await user.close();
  },
);

t.test('every language of the page says everything', async (t) => {
  const scope: { WORDS?: Record<string, object> } = {};
  new Function('globalThis', readFileSync('assets/words.js', 'utf8'))(scope);
  const { en = {}, zh = {} } = scope.WORDS ?? {};
  // A key that has the same name in English needs no other name there.
  const keys = (words: object, path = ''): string[] =>
    Object.entries(words).flatMap(([key, value]) =>
      ['names', 'texts', 'reasons'].includes(key)
        ? []
        : typeof value === 'object' && !Array.isArray(value)
          ? keys(value, `${path}${key}.`)
          : [`${path}${key} ${Array.isArray(value) ? value.length : ''}`],
    );
  t.ok(keys(en).length > 40);
  t.same(keys(zh).sort(), keys(en).sort());
});
