import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openChromium } from '../harness/browser.js';
import { until } from '../harness/deadline.js';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { User } from '../harness/user.js';
import { PageUser } from './page-user.js';
import { startWebServer, type WebServer } from './web-server.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

let server: WebServer;
t.before(async () => {
  if (skip !== false) return;
  server = await startWebServer(['--data', ':memory:', '--pace', '0', '--max-friends', '0']);
});
t.teardown(() => server?.child.stop('SIGKILL'));

t.test('what others write is text, whatever it is', { skip }, async (t) => {
  const evil = [
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    'javascript:alert(1) https://example.com/"onmouseover="alert(1)',
    '\u202eevil\u202c \u2066x\u2069 a\u200bb \u0000\u0007\u001b[31m \ufeff',
    '&lt;b&gt; {{7*7}} $(7*7)',
    'x'.repeat(60_000),
    '\n'.repeat(20_000),
    `${'ก็็็็็็็็็็'.repeat(500)}`,
  ];
  const console = await User.connect(server);
  const name = '<b>\u202eevil';
  const { id: other } = await console.register(name);
  await console.login(other);
  const user = await PageUser.open(chromium.browser, server.url);
  await user.register('victim');
  for (const msg of evil)
    await console.say({ id: other, msg, msgid: 6, name, time: '<i>\u202e', toid: user.id });
  for (const msg of [7, null, { a: [1] }, ['x'], true])
    await console.say({ id: other, msg, msgid: 6, name: {}, time: [], toid: user.id });
  await console.say({ id: other, msg: 'the last', msgid: 6, name, time: '', toid: user.id });
  await user.talk('evil');
  await user.sees('the last');
  const { page } = user;
  t.equal(await page.locator('.words img, .words script, .words b, .row i').count(), 0);
  const hidden = await page.evaluate(
    `/[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u0007\\u001b]/.test(document.body.innerText)`,
  );
  t.equal(hidden, false, 'nothing turns the direction of a line');
  const links = await page
    .locator('.words a')
    .evaluateAll((all) => all.map((link) => [link.href, link.rel, link.target]));
  for (const [href, rel, target] of links) {
    t.match(href, /^https?:\/\//);
    t.match(rel, 'noopener noreferrer');
    t.equal(target, '_blank');
  }
  // The page keeps a message a moment after it has drawn it.
  await user.has('the last');
  t.equal((await user.kept()).length, evil.length + 6);
  t.same(user.wrong, []);
  await user.context.close();
});

t.test(
  'Enter that ends a composition does not send; by the keyboard alone one can chat',
  { skip },
  async (t) => {
    const user = await PageUser.open(chromium.browser, server.url);
    await user.register('writer');
    await user.addFriend('1');
    const { page } = user;
    const field = page.locator('.composer textarea');
    await field.fill('ni hao');
    await page.evaluate(`(() => {
    const enter = { key: 'Enter', bubbles: true, cancelable: true };
    const field = document.querySelector('.composer textarea');
    field.dispatchEvent(new KeyboardEvent('keydown', { ...enter, isComposing: true }));
    field.dispatchEvent(new KeyboardEvent('keydown', { ...enter, keyCode: 229 }));
  })()`);
    t.equal(await field.inputValue(), 'ni hao');
    await field.press('Shift+Enter');
    await field.press('a');
    await field.press('Enter');
    await user.sees('ni hao\na');
    t.equal(await field.inputValue(), '');
    // From the field back to the list, and in again.
    await page.getByRole('button', { name: /^Chats/ }).focus();
    for (let n = 0; n < 4; n++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(
      async () => (await page.evaluate('document.activeElement.tagName')) === 'TEXTAREA',
      'the field to have the focus',
    );
    t.same(user.wrong, []);
    await user.context.close();
  },
);

/** A server with a user who has 5,000 friends, and 3,000 messages from the first of them. */
async function popular(t: Test): Promise<{ readonly url: string; readonly id: number }> {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  const { url, child } = await startWebServer(['--data', file, '--pace', '0', '--max-friends', '0']);
  t.teardown(async () => {
    await child.stop('SIGKILL');
    folder.remove();
  });
  // Rows beside the server: to register and befriend them one by one takes a minute on a busy machine.
  const [id, first] = [1, 2];
  const friends = Array.from({ length: 5000 }, (_, n) => ({ id: first + n, name: `friend ${n + 1}` }));
  const stored = (n: number) =>
    JSON.stringify({ id: first, msg: `stored ${n}`, msgid: 6, name: 'friend 1', toid: id });
  const database = openEmbedded(file);
  await database.seed({
    user: [{ id, name: 'popular' }, ...friends].map((user) => ({
      ...user,
      password: 'pw',
      state: 'offline',
    })),
    friend: friends.map((friend) => ({ userid: id, friendid: friend.id })),
    offlinemessage: Array.from({ length: 3000 }, (_, n) => ({ userid: id, message: stored(n) })),
  });
  await database.close();
  return { url, id };
}

t.test(
  '5,000 friends and 3,000 stored messages: all are there, and few rows are drawn',
  { skip },
  async (t) => {
    const { url, id } = await popular(t);
    const user = await PageUser.open(chromium.browser, url);
    const { page } = user;
    user.id = id;
    await user.logIn(String(id));
    await page.locator('.sidebar').waitFor();
    await user.has('stored 2999');
    t.same(
      (await user.kept()).map(({ text }) => text),
      Array.from({ length: 3000 }, (_, n) => `stored ${n}`),
    );
    await page.getByLabel('3000 unread messages').first().waitFor();
    await page.getByRole('button', { name: 'Friends', exact: true }).click();
    await page.locator('.row', { hasText: 'friend 1' }).first().waitFor();
    t.ok((await page.locator('.row').count()) < 60);
    await page.getByLabel('Filter').fill('friend 5000');
    await page.locator('.row', { hasText: 'friend 5000' }).click();
    await page.locator('.composer textarea').waitFor();
    t.same(user.wrong, []);
    await user.context.close();
  },
);

t.test('10,000 messages: only what can be seen is drawn', { skip }, async (t) => {
  const console = await User.connect(server);
  const { id: other } = await console.register('chatterbox');
  await console.login(other);
  const user = await PageUser.open(chromium.browser, server.url);
  await user.register('reader');
  for (let n = 0; n < 10_000; n++) await console.chat(other, user.id, `${n}. ${'word '.repeat(n % 30)}`);
  await user.has(`9999. ${'word '.repeat(9999 % 30)}`);
  const texts = (await user.kept()).map(({ text }) => Number.parseInt(text, 10));
  t.same(
    texts,
    Array.from({ length: 10_000 }, (_, n) => n),
  );
  const { page } = user;
  await user.talk(`User ${other}`);
  await user.sees('9999.');
  const drawn = () => page.locator('.line').count();
  t.ok((await drawn()) < 100, `${await drawn()} drawn`);
  // To the beginning, a page of it at a time.
  const box = page.locator('.scroll');
  let steps = 0;
  for (; (await page.locator('.beginning').count()) === 0 && steps < 2000; steps++) {
    await box.evaluate((element) => {
      element.scrollTop -= 3000;
    });
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
    if (steps % 50 === 0) t.ok((await drawn()) < 150, `${await drawn()} drawn`);
  }
  await page.locator('.words', { hasText: /^0\. / }).waitFor();
  t.same(user.wrong, []);
  await user.context.close();
});
