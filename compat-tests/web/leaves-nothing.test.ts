import t from 'tap';
import { ChatClient } from '../../src/client/chat-client.js';
import { openChromium } from '../harness/browser.js';
import { logOut, PageUser } from './page-user.js';
import { serve } from './web-server.js';
import { CutWire } from './wire.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

/** All that a browser keeps of a page but its cookies. A text: it runs in the page. */
const KEPT = `(async () => [
  await indexedDB.databases(),
  Object.keys(localStorage),
  Object.keys(sessionStorage),
  'caches' in globalThis ? await caches.keys() : [],
  (await navigator.serviceWorker?.getRegistrations()) ?? [],
])()`;

const loginOf = async ({ context }: PageUser) =>
  (await context.cookies()).filter(({ name }) => name === 'chat-login');

t.test('a logout leaves nothing, in no tab, and what it had is worth nothing', { skip }, async (t) => {
  const server = await serve(t, ['--history', '30']);
  const ann = await ChatClient.connect({ host: '127.0.0.1', port: server.port });
  t.teardown(() => ann.close());
  await ann.login(await ann.register('ann', 'pw'), 'pw');
  const user = await PageUser.open(chromium.browser, server.url);
  const { page, context } = user;
  await user.register('somebody');
  await page.getByLabel('Menu').click();
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByLabel('菜单').click();
  await page.getByRole('button', { name: 'English' }).click();
  await ann.chat(user.id, 'a secret');
  await user.talk('ann');
  await user.sees('a secret');
  await user.has('a secret');
  const before = await loginOf(user);
  t.equal(before.length, 1);
  // It is still to be seen in a tab that was left for another one.
  const tab = await context.newPage();
  await tab.goto(server.url);
  await tab.locator('form input').first().fill(String(user.id));
  await tab.getByLabel('Password').fill('pw');
  await tab.getByRole('checkbox').check();
  await tab.getByRole('button', { name: 'Log in', exact: true }).click();
  await tab.getByRole('button', { name: 'Use it here' }).click();
  await tab.locator('.sidebar').waitFor();
  await page.getByText('You use the chat in another tab now.').waitFor();
  t.equal((await page.getByText('a secret').count()) > 0, true);
  await logOut(tab);
  await page.getByRole('button', { name: 'Log in', exact: true }).waitFor();
  for (const each of [page, tab]) {
    t.same(await each.evaluate(KEPT), [[], [], [], [], []]);
    t.notMatch(await each.content(), /a secret|somebody/);
  }
  t.same(await loginOf(user), []);
  // A copy of the cookie lets nobody in.
  await context.addCookies(before);
  await page.evaluate(`localStorage.setItem('chat-account', '${user.id}')`);
  await page.reload();
  await page.getByText('Please log in again').waitFor();
  t.same(user.wrong, []);
  await context.close();
});

t.test('a server that is away at the logout is told as soon as the page is opened', { skip }, async (t) => {
  const server = await serve(t, []);
  const wire = await CutWire.start(Number(new URL(server.url).port));
  t.teardown(() => wire.stop());
  const user = await PageUser.open(chromium.browser, wire.url);
  const { page, context } = user;
  await user.register('somebody');
  const before = await loginOf(user);
  wire.goAway();
  await page.locator('.banner').waitFor();
  await logOut(page);
  await page.getByText('You are logged out here, but the server could not be told.').waitFor();
  t.same(await page.evaluate(KEPT), [[], ['chat-ending'], [], [], []]);
  wire.comeBack();
  await page.reload();
  await page.getByRole('button', { name: 'Log in', exact: true }).waitFor();
  t.same(await page.evaluate(KEPT), [[], [], [], [], []]);
  t.same(await loginOf(user), []);
  await context.addCookies(before);
  await page.evaluate(`localStorage.setItem('chat-account', '${user.id}')`);
  await page.reload();
  await page.getByText('Please log in again').waitFor();
  t.same(user.wrong, []);
  await context.close();
});
