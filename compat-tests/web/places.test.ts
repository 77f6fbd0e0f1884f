import t from 'tap';
import { openChromium } from '../harness/browser.js';
import { Child } from '../harness/child.js';
import { freePort } from '../harness/port.js';
import { User } from '../harness/user.js';
import { logOut, PageUser } from './page-user.js';
import { startWebServer, type WebServer } from './web-server.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

let server: WebServer;
t.before(async () => {
  if (skip !== false) return;
  server = await startWebServer([
    '--data',
    ':memory:',
    '--mysql-charset',
    'gbk',
    '--web-origin',
    'http://a.example',
  ]);
});
t.teardown(() => server?.child.stop('SIGKILL'));

t.test('a second tab is told that the account is in the first one, and can take it', { skip }, async (t) => {
  const first = await PageUser.open(chromium.browser, server.url);
  await first.register('two tabs');
  const page = await first.context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(server.url);
  await page.getByText('This account is logged in elsewhere').waitFor();
  await page.locator('form input').first().fill(String(first.id));
  await page.getByLabel('Password').fill('pw');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByText('This account is open in another tab of this browser.').waitFor();
  await page.getByRole('button', { name: 'Use it here' }).click();
  await page.locator('.sidebar').waitFor();
  await first.page.getByText('You use the chat in another tab now.').waitFor();
  await first.page.getByRole('button', { name: 'Use it here' }).click();
  await page.getByText('You use the chat in another tab now.').waitFor();
  await first.page.locator('.banner').waitFor({ state: 'detached' });
  t.same(first.wrong, []);
  await first.context.close();
});

t.test('who is logged in at a console is told so, and comes in once that is over', { skip }, async (t) => {
  const console = await User.connect(server);
  const { id } = await console.register('at a console');
  await console.login(id);
  const user = await PageUser.open(chromium.browser, server.url);
  await user.logIn(String(id));
  await user.page.getByText('This account is logged in elsewhere').waitFor();
  await console.say({ id, msgid: 3 });
  await console.settle();
  await user.page.getByRole('button', { name: 'Log in', exact: true }).click();
  await user.page.locator('.sidebar').waitFor();
  t.same(user.wrong, []);
  await user.context.close();
});

t.test('on a device that others use nothing is left, and wrong passwords are told', { skip }, async (t) => {
  const user = await PageUser.open(chromium.browser, server.url);
  const { page } = user;
  await user.register('a guest', false);
  // Digits of the width of Chinese keyboards.
  await user.addFriend('１');
  await user.write('a secret');
  await page.locator('.way.sent').waitFor();
  t.same(await page.evaluate('indexedDB.databases()'), []);
  t.same(
    (await user.context.cookies()).map(({ name }) => name),
    [],
  );
  t.same(await page.evaluate('Object.keys(localStorage)'), []);
  await page.reload();
  await user.logIn(String(user.id), 'wrong', false);
  await page.getByText('The number or the password is wrong.').waitFor();
  await user.logIn('x', 'pw', false);
  await page.getByText('That is no number.').waitFor();
  t.same(user.wrong, []);
  await user.context.close();
});

t.test('a message that waited is marked; one too long is not sent', { skip }, async (t) => {
  const console = await User.connect(server);
  const { id } = await console.register('a sender');
  await console.login(id);
  const user = await PageUser.open(chromium.browser, server.url);
  const { page } = user;
  await user.register('sleeper');
  await logOut(page);
  await console.say({ id, msg: 'while you slept', msgid: 6, name: 'a sender', toid: user.id });
  await console.settle();
  await user.logIn(wide(user.id));
  await user.talk('a sender');
  await page.getByText('came while you were away').waitFor();
  await user.write('x'.repeat(70_000));
  await page.getByText('This message is longer than the server takes.').waitFor();
  t.equal((await page.locator('.composer textarea').inputValue()).length, 70_000, 'it is still there');
  t.same(user.wrong, []);
  await user.context.close();
});

t.test('the demo: one command, and somebody chats with bots; nothing is written', { skip }, async (t) => {
  const port = await freePort();
  const demo = new Child(process.execPath, ['dist/main.js', 'demo', '--web', String(port)]);
  t.teardown(() => demo.stop('SIGKILL'));
  const [url] = await demo.logged(/http:\/\/127\.0\.0\.1:\d+\//);
  const guests = [
    await PageUser.open(chromium.browser, url),
    await PageUser.open(chromium.browser, url),
  ] as const;
  for (const guest of guests) await guest.talk('Ada');
  await guests[0].write('hello');
  await guests[0].sees('You wrote “hello”.');
  await guests[0].page.locator('.row', { hasText: 'Demo 群' }).waitFor();
  await guests[1].page.getByRole('button', { name: 'Friends', exact: true }).click();
  await guests[1].page.locator('.row', { hasText: 'You' }).click();
  await guests[1].write('are you there?');
  await guests[0].page.locator('.row', { hasText: 'Guest 2' }).waitFor();
  for (const guest of guests) t.same(guest.wrong, []);
  for (const guest of guests) await guest.context.close();
  demo.signal('SIGINT');
  t.equal(await demo.ended, 0);
});

/** A number in digits of the width of Chinese keyboards. */
function wide(id: number): string {
  return String(id).replace(/\d/g, (digit) => '０１２３４５６７８９'.charAt(Number(digit)));
}
