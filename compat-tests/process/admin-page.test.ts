import t from 'tap';
import { findBrowser, startBrowser } from '../harness/browser.js';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(180_000);
const chromium = findBrowser();
/** With a number of seconds, a picture for the README is taken after so long. */
const PICTURE = process.env.CHAT_SCREENSHOT;

t.test(
  'the live page shows two users chatting as it happens, and asks nobody else for anything',
  { skip: chromium === undefined && 'there is no Chromium here' },
  async (t) => {
    const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
    const site = ['--pace', '0', '--mysql', await mariadb.createDatabase('chat'), '--redis', redis.url];
    const [server, other] = [await startServer([...site, '--admin', '0']), await startServer(site)];
    const browser = await startBrowser(chromium ?? '');
    t.teardown(async () => {
      await browser.close();
      await Promise.all([server, other].map(({ child }) => child.stop('SIGKILL')));
      await Promise.all([mariadb.stop(), redis.stop()]);
    });
    const [, port] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
    const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
    const asked = new Set<string>();
    const wrong: string[] = [];
    page.on('request', (request) => asked.add(new URL(request.url()).host));
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    await page.goto(`http://127.0.0.1:${port}/`);
    const shown = async (card: string) =>
      Number((await page.locator(`[data-card="${card}"] b`).textContent())?.replaceAll(',', ''));
    await page.getByText('serving', { exact: true }).waitFor();
    t.equal(await shown('users online'), 0);

    const users = [
      await User.connect(server),
      await User.connect(server),
      await User.connect(other),
    ] as const;
    for (const [n, user] of users.entries()) {
      await user.register(`user${n + 1}`);
      await user.login(n + 1);
    }
    await until(async () => (await shown('users online')) === 2, 'the users of this node to be shown');
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
    await until(async () => (await shown('messages per second')) > 1, 'the rate to be shown');
    await until(async () => (await shown('delivered per second')) > 1, 'what arrives to be shown');
    for (const text of ['messages: chat', 'deliveries: elsewhere', 'confirmed by another node'])
      await page.getByText(text, { exact: true }).waitFor();
    await page.getByText('message dropped').waitFor();
    t.equal(await page.getByText('answers', { exact: true }).count(), 2, 'the database and Redis');
    await page.getByText(/^1 known;/).waitFor();
    if (PICTURE !== undefined) {
      await page.waitForTimeout(Number(PICTURE) * 1000);
      await page.screenshot({ path: 'docs/images/admin.png', fullPage: true });
    }
    chatting = false;
    await chat;
    await redis.kill();
    await page.getByText('not ready', { exact: true }).waitFor();
    await page.getByText(/^Redis is away: /).waitFor();
    await Promise.all(users.map((user) => user.close()));
    await until(async () => (await shown('users online')) === 0, 'nobody to be shown');
    t.same([...asked], [`127.0.0.1:${port}`]);
    t.same(wrong, []);
  },
);
