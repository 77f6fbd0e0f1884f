import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openChromium } from '../harness/browser.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { User } from '../harness/user.js';
import { PageUser } from './page-user.js';
import { type Tasks, tasksOf } from './tasks.js';
import { startWebServer, type WebServer } from './web-server.js';

t.setTimeout(1_200_000);
const chromium = await openChromium(t);
const { skip } = chromium;

/** The longest that a page may do nothing else, in ms of CPU time. 5 to 58 were measured; a tab that draws all takes seconds. */
const MOST = 500;

const FRIENDS = 5000;
const STORED = 10_000;

function isSmooth(t: Test, what: string, { count, longest }: Tasks): void {
  const measured = `${what}: the longest of ${count} tasks took ${longest.toFixed(1)} ms`;
  t.comment(measured);
  t.ok(longest <= MOST, measured);
}

/** Waits until the page has drawn what it has. A text: it runs in the page. */
const DRAWN = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

/** Scrolls to the beginning of a conversation, so many pixels a frame. A text: it runs in the page. */
const SCROLL = `(async () => {
  const box = document.querySelector('.scroll');
  for (let n = 0; n < 300; n++) {
    box.scrollTop -= 2000;
    await new Promise(requestAnimationFrame);
  }
  return box.scrollTop;
})()`;

/** A server with a user who has very many friends, all of them in one group, and very many stored messages from one. */
async function popular(t: Test): Promise<WebServer> {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  const server = await startWebServer(['--data', file, '--pace', '0', '--max-friends', '0']);
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    folder.remove();
  });
  const people = Array.from({ length: FRIENDS }, (_, n) => n + 2);
  const stored = (n: number) =>
    JSON.stringify({ id: 2, msg: `${n}. ${'word '.repeat(n % 30)}`, msgid: 6, name: '用户 2', toid: 1 });
  const database = openEmbedded(file);
  await database.seed({
    user: [1, ...people].map((id) => ({ id, name: `用户 ${id}`, password: 'pw', state: 'offline' })),
    friend: people.map((friendid) => ({ userid: 1, friendid })),
    allgroup: [{ id: 1, groupname: 'large', groupdesc: '' }],
    groupuser: [1, ...people].map((userid) => ({ groupid: 1, userid, grouprole: 'normal' })),
    offlinemessage: Array.from({ length: STORED }, (_, n) => ({ userid: 1, message: stored(n) })),
  });
  await database.close();
  return server;
}

t.test(
  'many friends, a large group, 10,000 messages and long ones do not freeze a page',
  { skip },
  async (t) => {
    const server = await popular(t);
    const user = await PageUser.open(chromium.browser, server.url);
    const { page } = user;
    user.id = 1;
    const tasks = (work: () => Promise<void>) =>
      tasksOf(chromium.browser, async () => {
        await work();
        await page.evaluate(DRAWN);
      });
    const login = await tasks(async () => {
      await user.logIn('1');
      await page.locator('.sidebar').waitFor();
      await user.has(`${STORED - 1}. ${'word '.repeat((STORED - 1) % 30)}`);
    });
    isSmooth(t, 'the login', login);
    await user.talk('用户 2');
    await user.sees(`${STORED - 1}.`);
    const scrolled = await tasks(async () => {
      await page.evaluate(SCROLL);
    });
    isSmooth(t, 'scrolling', scrolled);
    await page.locator('.words', { hasText: /^0\. / }).waitFor();
    const friends = await tasks(async () => {
      await page.getByRole('button', { name: 'Friends', exact: true }).click();
      await page.locator('.row', { hasText: '用户 2' }).first().waitFor();
      await page.getByLabel('Filter').pressSequentially('用户 50');
      await page.locator('.row', { hasText: '用户 5000' }).waitFor();
      await page.getByLabel('Filter').fill('');
    });
    isSmooth(t, 'the friends', friends);
    const group = await tasks(async () => {
      await page.getByRole('button', { name: 'Groups', exact: true }).click();
      await page.locator('.row', { hasText: 'large' }).click();
      await page.getByRole('button', { name: `${FRIENDS + 1} members` }).click();
      await page.getByRole('dialog').locator('.row', { hasText: '用户 3' }).first().waitFor();
    });
    isSmooth(t, 'the group', group);
    await page.keyboard.press('Escape');
    const console = await User.connect(server);
    await console.login(2);
    const long = '长 long '.repeat(6000);
    const messages = await tasks(async () => {
      await user.talk('用户 2');
      for (const msg of [long, '\n'.repeat(30_000), 'x'.repeat(60_000), 'the last'])
        await console.say({ id: 2, msg, msgid: 6, name: '用户 2', time: '', toid: 1 });
      await user.sees('the last');
    });
    isSmooth(t, 'long messages', messages);
    t.same(user.wrong, []);
    await user.context.close();
  },
);
