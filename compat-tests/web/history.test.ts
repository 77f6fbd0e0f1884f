import t from 'tap';
import { ChatClient, type Conversation } from '../../src/client/chat-client.js';
import { openChromium } from '../harness/browser.js';
import { until } from '../harness/deadline.js';
import { isWell } from './axe.js';
import { PageUser } from './page-user.js';
import { startWebServer } from './web-server.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

/** Scrolls up until the server has no more. A text: it runs in the page. */
const SCROLL_UP = `(() => {
  document.querySelector('.scroll').scrollTop = 0;
  return document.querySelector('.beginning')?.textContent;
})()`;

/** Only what can be seen is drawn: makes room for all of the conversation, or no more. Texts: they run in the page. */
const UNFOLD = "document.querySelector('.scroll').style.cssText = 'flex: none; height: 60000px'";
const FOLD = "document.querySelector('.scroll').style.cssText = ''";
/** Goes to the end, where new messages are drawn. A text: it runs in the page. */
const TO_END = `(() => {
  const box = document.querySelector('.scroll');
  const isThere = box.scrollHeight - box.scrollTop - box.clientHeight < 2;
  box.scrollTop = box.scrollHeight;
  return isThere;
})()`;
const IS_ALL_DRAWN = `[...document.querySelectorAll('.scroll > [aria-hidden]')].every(({ offsetHeight }) => offsetHeight === 0)
  && document.querySelector('.beginning') !== null`;
const DRAWN = "[...document.querySelectorAll('.scroll .words')].map(({ textContent }) => textContent)";

/** Resolves with all that the open conversation has when the server has no more. */
async function readAll({ page }: PageUser): Promise<string[]> {
  await until(
    async () => (await page.evaluate(SCROLL_UP)) === 'The beginning of what the server has.',
    'the beginning',
  );
  await page.evaluate(UNFOLD);
  await until(() => page.evaluate(IS_ALL_DRAWN) as Promise<boolean>, 'all of it to be drawn');
  const texts = (await page.evaluate(DRAWN)) as string[];
  await page.evaluate(FOLD);
  await until(() => page.evaluate(TO_END) as Promise<boolean>, 'the end');
  return texts;
}

/** Resolves when the newest message of the history is this one: it is there a moment after it was delivered. */
async function hasKept(client: ChatClient, conversation: Conversation, text: string): Promise<void> {
  const isThere = async () =>
    (await client.history(conversation, { most: 1 })).messages.at(-1)?.message.text === text;
  await until(isThere, `${text} in the history`);
}

t.test('what the server has is there as one scrolls up, and after an absence, once', { skip }, async (t) => {
  const server = await startWebServer(['--data', ':memory:', '--history', '30', '--pace', '0']);
  const address = { host: '127.0.0.1', port: server.port };
  const [ann, console] = [await ChatClient.connect(address), await ChatClient.connect(address)];
  t.teardown(async () => {
    for (const client of [ann, console]) await client.close();
    await server.child.stop('SIGKILL');
  });
  const annId = await ann.register('安 Ann', 'pw');
  await ann.login(annId, 'pw');
  const id = await console.register('bob', 'pw');
  await console.login(id, 'pw');
  await console.addFriend(annId);
  const texts = Array.from({ length: 320 }, (_, n) => `message ${n}.`);
  for (const text of texts) await ann.chat(id, text);
  await hasKept(ann, { user: id }, texts.at(-1) ?? '');
  await console.logout();

  const bob = await PageUser.open(chromium.browser, server.url, { reducedMotion: 'reduce' });
  const { page } = bob;
  await bob.logIn(String(id));
  await page.getByRole('button', { name: 'Friends', exact: true }).click();
  await page.locator('.row', { hasText: '安 Ann' }).click();
  await bob.sees('message 319.');
  bob.id = id;
  t.same(await bob.kept(), [], 'what is not this browser’s is not kept');
  t.same(await readAll(bob), texts);

  // This browser has these itself.
  await bob.write('from the page');
  await page.locator('.way.sent').last().waitFor();
  await ann.chat(id, '<b>hostile</b> & live');
  await bob.sees('<b>hostile</b> & live');
  await bob.has('<b>hostile</b> & live');
  await page.getByLabel('Menu').click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('dialog').getByText('Keep the messages in this browser').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Log in', exact: true }).waitFor();

  // And these not: another device had them.
  await console.login(id, 'pw');
  const missed = Array.from({ length: 130 }, (_, n) => `missed ${n}.`);
  for (const text of missed) await ann.chat(id, text);
  await hasKept(ann, { user: id }, missed.at(-1) ?? '');
  await console.chat(annId, 'from the console');
  await hasKept(ann, { user: id }, 'from the console');
  await console.logout();
  await bob.logIn(String(id));
  await bob.talk('安 Ann');
  await bob.sees('from the console');
  t.same(await readAll(bob), [
    ...texts,
    'from the page',
    '<b>hostile</b> & live',
    ...missed,
    'from the console',
  ]);

  await page.getByRole('button', { name: 'Search in this conversation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Text to look for').fill('x');
  await dialog.getByLabel('Text to look for').press('Enter');
  await dialog.getByText('Please write at least two characters.').waitFor();
  await dialog.getByLabel('Text to look for').fill('hostile');
  await dialog.getByRole('button', { name: 'Find' }).click();
  await dialog.getByText('<b>hostile</b> & live').waitFor();
  t.equal(await dialog.locator('.found li').count(), 1);
  await isWell(t, page, 'a search');
  await page.setViewportSize({ width: 320, height: 640 });
  await isWell(t, page, 'a search on a phone');
  await dialog.getByLabel('Text to look for').fill('nobody wrote this');
  await dialog.getByLabel('Text to look for').press('Enter');
  await dialog.getByText('Nothing found.').waitFor();
  t.same(bob.wrong, []);
  await bob.context.close();
});

t.test('without a history there is no search', { skip }, async (t) => {
  const server = await startWebServer(['--data', ':memory:']);
  t.teardown(() => server.child.stop('SIGKILL'));
  const user = await PageUser.open(chromium.browser, server.url);
  await user.register('someone', false);
  const other = await ChatClient.connect({ host: '127.0.0.1', port: server.port });
  await user.addFriend(String(await other.register('other', 'pw')));
  await other.close();
  await user.write('a word');
  await user.sees('a word');
  await user.page.getByText('Nothing is kept in this browser.').waitFor();
  t.equal(await user.page.getByRole('button', { name: 'Search in this conversation' }).count(), 0);
  t.same(user.wrong, []);
  await user.context.close();
});
