import t from 'tap';
import { openChromium } from '../harness/browser.js';
import { until } from '../harness/deadline.js';
import { PageUser } from './page-user.js';
import { atConsole, serve, type WebServer } from './web-server.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

/** Notes what the page asks the browser for, and lets it have it. A text: it runs in the page. */
const NOTE = `globalThis.asked = [];
globalThis.told = [];
globalThis.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    told.push({ title, body: options.body, shown: this });
  }
  static requestPermission() {
    asked.push(navigator.userActivation.isActive);
    return super.requestPermission();
  }
};`;

/** The notices that a person was shown. This is a text, as it runs in the page. */
const TOLD = 'told.map(({ title, body }) => [title, body])';

let server: WebServer;
t.before(async () => {
  if (skip === false) server = await serve(t, []);
});

t.test('who has asked for it is told of messages, and the title counts them', { skip }, async (t) => {
  const [ann, ben] = [await atConsole(t, server, '<b>\u202eann'), await atConsole(t, server, 'ben')];
  const user = await PageUser.open(chromium.browser, server.url, { permissions: ['notifications'] });
  const { page, context } = user;
  await context.addInitScript(NOTE);
  await page.reload();
  const title = async (wanted: string) =>
    until(async () => (await page.title()) === wanted, `the title ${wanted}`);
  await user.register('somebody');
  await ann.chat(user.id, 'before anybody has asked');
  await title('(1) Chat');
  t.same(await page.evaluate('[asked, told]'), [[], []], 'nothing is asked for, and nothing told, by itself');

  await page.getByLabel('Menu').click();
  await page.getByRole('button', { name: 'Tell me of new messages' }).click();
  await until(async () => (await page.evaluate("localStorage.getItem('chat-notify')")) === 'yes', 'a yes');
  t.same(await page.evaluate('asked'), [true], 'once, and in a click');
  await user.talk('ann');
  await title('Chat');
  await ann.chat(user.id, 'before his eyes');
  await user.sees('before his eyes');
  await ben.chat(user.id, '<i>\u202ehidden</i>');
  await title('(1) Chat');
  await until(async () => ((await page.evaluate(TOLD)) as []).length > 0, 'a message to be told of');
  t.same(await page.evaluate(TOLD), [['ben', '<i>␣hidden</i>']], 'of what nobody sees, as text');
  await page.evaluate("told[0].shown.dispatchEvent(new Event('click'))");
  await user.sees('hidden');
  await title('Chat');

  await page.reload();
  await page.locator('.sidebar').waitFor();
  await ann.chat(user.id, 'after a reload');
  await until(async () => ((await page.evaluate(TOLD)) as []).length > 0, 'a message to be told of');
  t.same(await page.evaluate('asked'), [], 'it is not asked again');
  await page.getByLabel('Menu').click();
  await page.getByRole('button', { name: 'Do not tell me of new messages' }).click();
  await ben.chat(user.id, 'not told');
  await title('(2) Chat');
  t.same(await page.evaluate(TOLD), [['<b>␣ann', 'after a reload']]);
  t.same(user.wrong, []);
  await context.close();
});

t.test('where the browser does not let the page tell, that is said', { skip }, async (t) => {
  const ann = await atConsole(t, server, 'another ann');
  const user = await PageUser.open(chromium.browser, server.url, { permissions: [] });
  const { page, context } = user;
  await context.addInitScript(NOTE);
  await page.reload();
  await user.register('somebody else', false);
  await page.getByLabel('Menu').click();
  await page.getByRole('button', { name: 'Tell me of new messages' }).click();
  await page.getByText('The browser does not let this page tell you.').waitFor();
  await ann.chat(user.id, 'a word');
  await until(async () => (await page.title()) === '(1) Chat', 'the number in the title');
  t.same(await page.evaluate(TOLD), []);
  t.same(user.wrong, []);
  await context.close();
});
