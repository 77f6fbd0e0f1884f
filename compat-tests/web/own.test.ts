import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ChatClient } from '../../src/client/chat-client.js';
import { openChromium } from '../harness/browser.js';
import { until } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { User } from '../harness/user.js';
import { isWell } from './axe.js';
import { logOut, PageUser } from './page-user.js';
import { serve } from './web-server.js';
import { CutWire } from './wire.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

/** Takes the last own message of the open conversation back. */
async function takeBack({ page }: PageUser): Promise<void> {
  await page.getByLabel('More about this message').last().click();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.getByText('You have taken this message back.').last().waitFor();
}

t.test('a message is taken back, before the eyes of both, and for good', { skip }, async (t) => {
  const server = await serve(t, ['--history', '30']);
  const looks = { reducedMotion: 'reduce', viewport: { width: 320, height: 640 } };
  const alice = await PageUser.open(chromium.browser, server.url, looks);
  const bob = await PageUser.open(chromium.browser, server.url);
  const aliceName = '<b>\u202e爱丽丝';
  await alice.register(aliceName);
  await bob.register('bob');
  await alice.addFriend(String(bob.id));
  await alice.write('this stays');
  await alice.write('this goes');
  await bob.talk('爱丽丝');
  await bob.sees('this goes');
  await bob.has('this goes');
  await alice.page.getByLabel('delivered').last().waitFor();
  await alice.page.getByLabel('More about this message').last().press('Enter');
  await alice.page.getByRole('button', { name: 'Take it back' }).waitFor();
  await isWell(t, alice.page, 'the menu of a message');
  await alice.page.keyboard.press('Escape');
  await alice.page.getByRole('button', { name: 'Take it back' }).waitFor({ state: 'hidden' });
  await takeBack(alice);
  await isWell(t, alice.page, 'a message that was taken back');
  await alice.page.setViewportSize({ width: 1280, height: 640 });
  const said = bob.page.locator('.gone', { hasText: 'has taken this message back.' });
  await said.waitFor();
  t.equal(await said.textContent(), '<b>␣爱丽丝 has taken this message back.');
  await bob.page.locator('.row', { hasText: 'A message was taken back.' }).waitFor();
  for (const user of [alice, bob]) {
    t.equal(await user.page.getByText('this goes').count(), 0);
    t.same(
      (await user.kept()).map(({ text }) => text),
      ['this stays', ''],
    );
    await user.page.reload();
    await user.talk(user === alice ? 'bob' : '爱丽丝');
    await user.sees('this stays');
    await user.page.locator('.gone').waitFor();
    t.equal(await user.page.getByText('this goes').count(), 0);
  }

  await logOut(bob.page);
  await alice.write('nobody reads this');
  await alice.page.getByLabel('stored for who is away').waitFor();
  await takeBack(alice);
  await alice.write('but this');
  await alice.page.getByLabel('stored for who is away').last().waitFor();
  await bob.logIn(String(bob.id));
  await bob.talk('爱丽丝');
  await bob.sees('but this');
  await bob.has('but this');
  t.equal(await bob.page.getByText('nobody reads this').count(), 0);
  for (const user of [alice, bob]) {
    t.same(user.wrong, []);
    await user.context.close();
  }
});

t.test('so it is in a group, and with who is at a console', { skip }, async (t) => {
  const server = await serve(t, []);
  const carol = await ChatClient.connect({ host: '127.0.0.1', port: server.port, tell: ['recalled'] });
  t.teardown(() => carol.close());
  const id = await carol.register('carol', 'pw');
  await carol.login(id, 'pw');
  await carol.abilities();
  const recalled: number[] = [];
  carol.on('recalled', ({ seq }) => recalled.push(seq));
  const [alice, bob] = [
    await PageUser.open(chromium.browser, server.url),
    await PageUser.open(chromium.browser, server.url),
  ];
  await alice.register('alice');
  await bob.register('bob');
  const group = await alice.createGroup('three', '');
  await bob.joinGroup(group);
  await carol.enterGroup(group);
  await alice.write('for all');
  await alice.page.getByLabel('delivered').waitFor();
  await bob.sees('for all');
  await takeBack(alice);
  await bob.page.getByText('alice has taken this message back.').waitFor();
  await until(async () => recalled.length > 0, 'the console to hear of it');
  // From the console to the page.
  let seq = 0;
  await carol.sendToGroup(group, 'from a console', { numbered: (given) => (seq = given) });
  await bob.sees('from a console');
  await carol.recall(seq);
  await bob.page.getByText('carol has taken this message back.').waitFor();
  await alice.page.getByText('carol has taken this message back.').waitFor();
  for (const user of [alice, bob]) {
    t.same(user.wrong, []);
    await user.context.close();
  }
});

t.test('what nobody gets is told, and what failed can be tried again', { skip }, async (t) => {
  const server = await serve(t, []);
  const wire = await CutWire.start(Number(new URL(server.url).port));
  t.teardown(() => wire.stop());
  const carol = await ChatClient.connect({ host: '127.0.0.1', port: server.port });
  t.teardown(() => carol.close());
  const id = await carol.register('carol', 'pw');
  await carol.login(id, 'pw');
  const group = await carol.makeGroup('short-lived', '');
  const alice = await PageUser.open(chromium.browser, wire.url);
  const { page } = alice;
  await alice.register('alice');
  await alice.joinGroup(group);
  await carol.dissolveGroup(group);
  await alice.write('is anybody there?');
  await page.getByLabel('not delivered: there is nobody who could get it').waitFor();
  await page.getByRole('button', { name: 'Try again' }).waitFor();

  await page.getByRole('button', { name: 'Chats' }).click();
  await alice.addFriend(String(id));
  const heard = new Promise<string>((resolve) => carol.once('message', ({ text }) => resolve(text)));
  // Another tab has the account before the message could go.
  const tab = await alice.context.newPage();
  await tab.goto(wire.url);
  await tab.locator('form input').first().fill(String(alice.id));
  await tab.getByLabel('Password').fill('pw');
  await tab.getByRole('button', { name: 'Log in', exact: true }).click();
  await tab.getByRole('button', { name: 'Use it here' }).click();
  await tab.locator('.sidebar').waitFor();
  await page.getByText('You use the chat in another tab now.').waitFor();
  await alice.write('while another tab has it');
  await page.getByLabel('on its way').waitFor();
  await tab.close();
  await page.getByRole('button', { name: 'Use it here' }).click();
  await page.locator('.banner').waitFor({ state: 'detached' });
  await until(async () => (await page.getByRole('button', { name: 'Try again' }).count()) > 0, 'a button');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByLabel('delivered').waitFor();
  t.equal(await heard, 'while another tab has it');
  t.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
  t.same(alice.wrong, []);
  await alice.context.close();
});

t.test('where messages are not taken back nothing of it is shown', { skip }, async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const dialect = (name: string, changes: object) => {
    const file = join(folder.path, `${name}.json`);
    writeFileSync(file, JSON.stringify({ name, ...changes }));
    return ['--dialect', file];
  };
  const servers = [
    ['--recall', '0'],
    dialect('no-recall', { requests: { recall: null } }),
    dialect('no-answers', { replies: { ack: null } }),
    dialect('plain', { requests: { abilities: null } }),
  ];
  for (const [n, options] of servers.entries()) {
    const server = await serve(t, options);
    const console = await User.connect(server);
    const { id } = await console.register('other');
    await console.login(id);
    const user = await PageUser.open(chromium.browser, server.url);
    await user.register('someone', false);
    await user.addFriend(String(id));
    await user.write('a word');
    await user.page.locator(n < 2 ? '.way.here' : '.way.sent').waitFor();
    t.equal(await user.page.getByLabel('More about this message').count(), 0, options.join(' '));
    if (n >= 2) t.equal(await user.page.locator('.way').getAttribute('class'), 'way sent sent');
    t.same(user.wrong, []);
    await user.context.close();
  }
});
