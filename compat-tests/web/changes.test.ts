import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openChromium } from '../harness/browser.js';
import { newFolder } from '../harness/folder.js';
import { isWell } from './axe.js';
import { PageUser } from './page-user.js';
import { atConsole, serve } from './web-server.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

/** Chooses something in the menu of the open conversation, and says yes. */
async function choose(t: Test, { page }: PageUser, action: string): Promise<void> {
  await page.getByLabel('More about this conversation').click();
  await page.getByRole('button', { name: action }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await isWell(t, page, action);
  await dialog.getByRole('button', { name: action }).click();
  await dialog.waitFor({ state: 'detached' });
}

t.test('a friend is deleted, a group is left, and one is dissolved', { skip }, async (t) => {
  const server = await serve(t, []);
  const carol = await atConsole(t, server, 'carol');
  const looks = { reducedMotion: 'reduce', viewport: { width: 320, height: 640 } };
  const user = await PageUser.open(chromium.browser, server.url, looks);
  const { page } = user;
  await user.register('<i>user', false);
  await user.addFriend(String(carol.user?.id));
  await choose(t, user, 'Delete this friend');
  await page.locator('.conversation small', { hasText: 'Not one of your friends.' }).waitFor();
  t.equal(await page.getByLabel('More about this conversation').count(), 0);
  await page.getByLabel('Back').click();

  const group = await carol.makeGroup('<b>theirs', '');
  await user.joinGroup(group);
  const dave = await atConsole(t, server, 'dave');
  await dave.enterGroup(group);
  // The list of members is that of now, not that of the login.
  await page.getByRole('button', { name: '2 members' }).click();
  await page.getByRole('dialog').locator('.row', { hasText: 'dave' }).waitFor();
  await page.keyboard.press('Escape');
  await choose(t, user, 'Leave the group');
  await page.locator('.conversation small', { hasText: 'You are not a member.' }).waitFor();
  t.same(
    (await carol.group(group))?.members.map(({ name }) => name),
    ['carol', 'dave'],
  );
  await page.getByLabel('Back').click();

  const own = await user.createGroup('<b>mine', '');
  await carol.enterGroup(own);
  await choose(t, user, 'Dissolve the group');
  await page.locator('.conversation small', { hasText: 'You are not a member.' }).waitFor();
  await t.rejects(carol.group(own));
  t.same(user.wrong, []);
  await user.context.close();
});

t.test('the password: changed, and the browser stays logged in by a new cookie', { skip }, async (t) => {
  const server = await serve(t, []);
  const user = await PageUser.open(chromium.browser, server.url);
  const { page } = user;
  await user.register('somebody');
  const cookie = async () => (await user.context.cookies()).find(({ name }) => name === 'chat-login')?.value;
  const before = await cookie();
  await page.getByLabel('Menu').click();
  await page.getByRole('button', { name: 'Change the password' }).click();
  const dialog = page.getByRole('dialog');
  const type = async (old: string, wanted: string, again: string) => {
    await dialog.getByLabel('Password until now').fill(old);
    await dialog.getByLabel('New password', { exact: true }).fill(wanted);
    await dialog.getByLabel('New password once more').fill(again);
    await dialog.getByRole('button', { name: 'Change the password' }).click();
  };
  await type('pw', 'new secret ', 'another');
  await dialog.getByText('The new password is not the same both times.').waitFor();
  await type('wrong', 'new secret ', 'new secret ');
  await dialog.getByText('The password until now is wrong.').waitFor();
  await type('pw', 'x'.repeat(60), 'x'.repeat(60));
  await dialog.getByText('The server did not take it.').waitFor();
  await isWell(t, page, 'the password');
  await type('pw', 'new secret ', 'new secret ');
  await page.getByText('The password is changed.').waitFor();
  await page.reload();
  await page.locator('.sidebar').waitFor();
  t.not(await cookie(), before);

  const other = await PageUser.open(chromium.browser, server.url);
  await other.logIn(String(user.id), 'pw', false);
  await other.page.getByText('The number or the password is wrong.').waitFor();
  await user.context.close();
  await other.logIn(String(user.id), 'new secret ', false);
  await other.page.locator('.sidebar').waitFor();
  t.same(user.wrong, []);
  t.same(other.wrong, []);
  await other.context.close();
});

t.test('where the server has none of it the page shows none of it', { skip }, async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = join(folder.path, 'none.json');
  const none = { deleteFriend: null, leaveGroup: null, dissolveGroup: null, changePassword: null };
  writeFileSync(file, JSON.stringify({ name: 'none', requests: { ...none, memberList: null } }));
  const server = await serve(t, ['--dialect', file]);
  const carol = await atConsole(t, server, 'carol');
  const user = await PageUser.open(chromium.browser, server.url);
  const { page } = user;
  await user.register('somebody', false);
  await user.addFriend(String(carol.user?.id));
  await user.write('a word');
  await page.locator('.way.sent').waitFor();
  t.equal(await page.getByLabel('More about this conversation').count(), 0);
  await user.createGroup('mine', '');
  t.equal(await page.getByLabel('More about this conversation').count(), 0);
  await page.getByRole('button', { name: '1 member' }).click();
  await page.getByRole('dialog').locator('.row', { hasText: 'somebody' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByLabel('Menu').click();
  await page.getByRole('button', { name: 'Log out' }).waitFor();
  t.equal(await page.getByRole('button', { name: 'Change the password' }).count(), 0);
  t.same(user.wrong, []);
  await user.context.close();
});
