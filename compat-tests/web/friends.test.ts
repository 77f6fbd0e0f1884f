import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openChromium } from '../harness/browser.js';
import { newFolder } from '../harness/folder.js';
import { User } from '../harness/user.js';
import { isWell } from './axe.js';
import { logOut, PageUser } from './page-user.js';
import { serve } from './web-server.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

/** Counts the documents of a kind that a page sends from now on. */
function counting(user: PageUser, msgid: number): { readonly count: number } {
  const seen = { count: 0 };
  user.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string' && (JSON.parse(payload) as { msgid?: number }).msgid === msgid)
        seen.count++;
    }),
  );
  return seen;
}

/** Asks somebody to be a friend by what is typed. */
async function ask({ page }: PageUser, who: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a friend' }).first().click();
  await page.getByLabel('Number or exact name of the friend').fill(who);
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
}

t.test('friends are found by name, asked, and come and go before one’s eyes', { skip }, async (t) => {
  const { url } = await serve(t, ['--friend-requests']);
  const looks = { reducedMotion: 'reduce', viewport: { width: 1280, height: 640 } };
  const alice = await PageUser.open(chromium.browser, url, looks);
  const bob = await PageUser.open(chromium.browser, url, { ...looks, viewport: { width: 320, height: 640 } });
  const logins = counting(alice, 1);
  await alice.page.reload();
  const aliceName = '<img src=x onerror=alert(1)>爱丽丝';
  await alice.register(aliceName, false);
  await bob.register('鲍勃', false);
  const carol = await PageUser.open(chromium.browser, url);
  await carol.register('carol', false);

  await ask(alice, 'nobody');
  await alice.page.getByText('There is no such user').waitFor();
  await alice.page.keyboard.press('Escape');
  for (const user of [alice, carol]) await ask(user, '鲍勃');
  for (const user of [alice, carol])
    await user.page.getByText('You have asked 鲍勃 to be friends.').waitFor();
  await bob.page.getByRole('button', { name: 'Friends', exact: true }).click();
  await bob.page.getByLabel('2 people want to be your friends').first().waitFor();
  await bob.page.getByRole('button', { name: /^Requests/ }).click();
  await bob.page.getByRole('button', { name: `Accept ${aliceName}` }).waitFor();
  await isWell(t, bob.page, 'the requests');
  await bob.page.getByRole('button', { name: 'Refuse carol' }).click();
  await bob.page.getByRole('button', { name: 'Refuse carol' }).waitFor({ state: 'detached' });
  await bob.page.getByRole('button', { name: `Accept ${aliceName}` }).press('Enter');
  await bob.page.getByText('Nobody waits for your answer.').waitFor();
  await bob.page.keyboard.press('Escape');
  const row = bob.page.locator('.row', { hasText: aliceName });
  await row.getByText('online').waitFor();
  t.equal(await bob.page.locator('.row').count(), 1, 'who was refused is no friend');
  t.equal(await bob.page.locator('.unread').count(), 0, 'nobody waits');

  await alice.page.getByRole('button', { name: 'Refresh friends and groups' }).click();
  await alice.page.getByRole('button', { name: 'Friends', exact: true }).click();
  const friend = alice.page.locator('.row', { hasText: '鲍勃' });
  await friend.getByText('online').waitFor();
  const before = logins.count;
  t.ok(before > 0);
  await logOut(bob.page);
  await friend.getByText('offline').waitFor();
  await bob.logIn(String(bob.id), 'pw', false);
  await friend.getByText(/· online/).waitFor();
  t.equal(logins.count, before, 'nobody has logged in again to see it');
  for (const user of [alice, bob, carol]) {
    t.same(user.wrong, []);
    await user.context.close();
  }
});

t.test('without requests a name is enough, too', { skip }, async (t) => {
  const server = await serve(t, []);
  const console = await User.connect(server);
  const { id } = await console.register('12345');
  const user = await PageUser.open(chromium.browser, server.url);
  await user.register('someone', false);
  await ask(user, '12345');
  await user.page.getByText('12345 is a friend now.').waitFor();
  await user.page.getByRole('button', { name: 'Friends', exact: true }).click();
  await user.page.locator('.row', { hasText: '12345' }).getByText(`${id} · offline`).waitFor();
  t.equal(await user.page.getByRole('button', { name: /^Requests/ }).count(), 0);
  t.same(user.wrong, []);
  await user.context.close();
});

t.test('where the dialect has none of it the page shows none of it', { skip }, async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = join(folder.path, 'plain.json');
  writeFileSync(file, JSON.stringify({ name: 'plain', requests: { abilities: null } }));
  const server = await serve(t, ['--dialect', file, '--friend-requests']);
  const user = await PageUser.open(chromium.browser, server.url);
  const asked = counting(user, 101);
  await user.page.reload();
  await user.register('someone', false);
  await user.page.getByRole('button', { name: 'Friends', exact: true }).click();
  await user.page.getByText('No friends yet. Add one by number.').waitFor();
  await user.page.getByRole('button', { name: 'Add a friend' }).click();
  await user.page.getByLabel('Number of the friend').waitFor();
  t.equal(await user.page.getByRole('button', { name: /^Requests/ }).count(), 0);
  t.equal(asked.count, 0);
  t.same(user.wrong, []);
  await user.context.close();
});
