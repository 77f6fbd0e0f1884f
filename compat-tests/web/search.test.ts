import t from 'tap';
import { openChromium } from '../harness/browser.js';
import { until } from '../harness/deadline.js';
import { isWell } from './axe.js';
import { PageUser } from './page-user.js';
import { atConsole, serve } from './web-server.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

/** The search finds this many in one conversation here. */
const MANY = 70;

t.test('a text is found in all conversations, and its conversation opened', { skip }, async (t) => {
  const server = await serve(t, ['--pace', '0', '--history', '30']);
  const [ann, ben] = [await atConsole(t, server, '<b>安'), await atConsole(t, server, 'ben')];
  const user = await PageUser.open(chromium.browser, server.url, {
    reducedMotion: 'reduce',
    viewport: { width: 320, height: 640 },
  });
  const { page } = user;
  await user.register('somebody', false);
  for (const friend of [ann, ben]) {
    await user.addFriend(String(friend.user?.id));
    await page.getByLabel('Back').click();
  }
  const group = await ben.makeGroup('<i>群', '');
  await user.joinGroup(group);
  await page.getByLabel('Back').click();
  for (let n = 0; n < MANY; n++) await ann.chat(user.id, `needle ${n}`);
  await ben.chat(user.id, 'nothing of it');
  await ben.groupChat(group, 'a ＮＥＥＤＬＥ <img src=x>');
  const isThere = async () => {
    const of = [{ user: user.id }, { group }] as const;
    const [one, other] = await Promise.all([
      ann.history(of[0], { most: 1 }),
      ben.history(of[1], { most: 1 }),
    ]);
    return one.messages[0]?.message.text === `needle ${MANY - 1}` && other.messages.length === 1;
  };
  await until(isThere, 'all of it in the history');

  await page.getByRole('button', { name: 'Search in all conversations' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Text to look for').fill('needle');
  await dialog.getByLabel('Text to look for').press('Enter');
  const hits = dialog.locator('.found li');
  await dialog.getByRole('button', { name: 'Look further back' }).waitFor();
  await isWell(t, page, 'a search in all conversations');
  const more = dialog.getByRole('button', { name: 'Look further back' });
  await until(async () => {
    if ((await more.count()) > 0 && (await more.isEnabled())) await more.click();
    return (await hits.count()) === MANY + 1 && (await more.count()) === 0;
  }, 'all that there is');
  await dialog.getByText('3 of 3 conversations').waitFor();
  t.equal(await dialog.locator('.found img, .found i').count(), 0);
  await hits.filter({ hasText: '<i>群' }).getByRole('button').press('Enter');
  await page.locator('.conversation h1', { hasText: '<i>群' }).waitFor();
  await dialog.waitFor({ state: 'detached' });
  t.same(user.wrong, []);
  await user.context.close();
});

t.test('without a history this browser looks into what it has itself, and says so', { skip }, async (t) => {
  const server = await serve(t, ['--pace', '0']);
  const ann = await atConsole(t, server, 'ann');
  const user = await PageUser.open(chromium.browser, server.url);
  const { page } = user;
  await user.register('somebody');
  for (let n = 0; n < 1200; n++) await ann.chat(user.id, n === 3 ? '找 Needle Ａ' : `${n}`);
  await user.has('1199');
  await page.getByRole('button', { name: 'Search in all conversations' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('this looks into what this browser has').waitFor();
  await dialog.getByLabel('Text to look for').fill('needle a');
  await dialog.getByLabel('Text to look for').press('Enter');
  await dialog.locator('.found li', { hasText: 'Needle Ａ' }).getByRole('button').click();
  await user.sees('1199');
  t.same(user.wrong, []);
  await user.context.close();
});
