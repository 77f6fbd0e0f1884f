import { mkdirSync } from 'node:fs';
import t from 'tap';
import { findBrowser, startBrowser } from '../harness/browser.js';
import { until } from '../harness/deadline.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const chromium = findBrowser();

t.test(
  'the live page shows two users chatting as it happens, and asks nobody else for anything',
  { skip: chromium === undefined && 'there is no Chromium here' },
  async (t) => {
    const server = await startServer(['--admin', '0', '--data', ':memory:', '--pace', '0']);
    const browser = await startBrowser(chromium ?? '');
    t.teardown(() => Promise.all([browser.close(), server.child.stop('SIGKILL')]));
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

    const users = [await User.connect(server), await User.connect(server)] as const;
    for (const [n, user] of users.entries()) {
      await user.register(`user${n + 1}`);
      await user.login(n + 1);
    }
    await until(async () => (await shown('users online')) === 2, 'the users to be shown');
    let chatting = true;
    const chat = (async () => {
      while (chatting) {
        await users[0].chat(1, 2, 'hello');
        await users[1].hear();
        await users[1].chat(2, 1, 'hello yourself');
        await users[0].hear();
      }
    })();
    await until(async () => (await shown('messages per second')) > 1, 'the rate to be shown');
    await page.getByText('messages: chat').waitFor();
    if (process.env.CHAT_SCREENSHOT !== undefined) {
      mkdirSync('docs/images', { recursive: true });
      await page.waitForTimeout(Number(process.env.CHAT_SCREENSHOT));
      await page.screenshot({ path: 'docs/images/admin.png', fullPage: true });
    }
    chatting = false;
    await chat;
    await Promise.all(users.map((user) => user.close()));
    await until(async () => (await shown('users online')) === 0, 'the users to be shown');
    t.same([...asked], [`127.0.0.1:${port}`]);
    t.same(wrong, []);
  },
);
