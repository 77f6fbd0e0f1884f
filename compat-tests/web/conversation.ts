import { join } from 'node:path';
import type { Test } from 'tap';
import { ChatClient } from '../../src/client/chat-client.js';
import type { Spoken } from '../../src/client/core/dialect.js';
import { findBrowser, startBrowser } from '../harness/browser.js';
import { until as soon } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { freePort } from '../harness/port.js';
import { logOut, PageUser } from './page-user.js';
import { startWebServer } from './web-server.js';
import { CutWire } from './wire.js';

/** How many messages come while a connection is cut. */
const MANY = 120;

/**
 * Two people at the page and one at a console, in one dialect: they register, make friends, chat in Chinese and in a
 * group; connections are cut and the server is restarted while messages come, and each arrives once, in order.
 */
export async function converse(t: Test, dialect: string): Promise<void> {
  const browser = await startBrowser(findBrowser() ?? '');
  const folder = newFolder();
  const [port, web] = [await freePort(), await freePort()];
  const options = ['--data', join(folder.path, 'chat.db'), '--dialect', dialect];
  let server = await startWebServer(options, { port, web });
  const wires = [await CutWire.start(web), await CutWire.start(web)] as const;
  t.teardown(async () => {
    await browser.close();
    for (const wire of wires) wire.stop();
    await server.child.stop('SIGKILL');
    folder.remove();
  });
  const spoken = (await (await fetch(`${server.url}dialect.json`)).json()) as Spoken;
  const byName = spoken.verbs?.login?.by === 'name';
  const console = await ChatClient.connect({ host: '127.0.0.1', port, dialect: spoken, reconnect: true });
  t.teardown(() => console.close());
  const heard: string[] = [];
  console.on('message', ({ text }) => heard.push(text));

  const alice = await PageUser.open(browser, wires[0].url);
  const bob = await PageUser.open(browser, wires[1].url);
  await alice.register('爱丽丝');
  await bob.register('鲍勃');
  const carol = await console.register('carol', 'pw');
  await console.login(byName ? 'carol' : carol, 'pw');

  await t.test('they make friends and chat in Chinese', async () => {
    await alice.addFriend(spoken.verbs?.addFriend?.by === 'name' ? '鲍勃' : String(bob.id));
    await alice.write('你好，鲍勃！');
    await bob.talk('爱丽丝');
    await bob.sees('你好，鲍勃！');
    await bob.write('你好\n爱丽丝 😀');
    await alice.sees('爱丽丝 😀');
    await alice.page.locator('.way.sent').first().waitFor();
    await console.chat(bob.id, '来自控制台');
    await bob.page.locator('.row', { hasText: 'carol' }).getByLabel('1 unread message').waitFor();
    // The title follows what is drawn. Nothing that waits inside the page can look: it may not evaluate a text.
    await soon(async () => (await bob.page.title()) === '(1) Chat', 'the number in the title');
    await bob.talk('carol');
    await bob.sees('来自控制台');
    await bob.write('收到');
    await until(() => heard.includes('收到'), console);
  });

  await t.test('a group has all three of them', async (t) => {
    const group = await alice.createGroup('同学', '一起聊天');
    await bob.joinGroup(group);
    await console.joinGroup(group);
    await alice.write('大家好');
    await bob.sees('大家好');
    await until(() => heard.includes('大家好'), console);
    await console.groupChat(group, '控制台也好');
    for (const user of [alice, bob]) await user.sees('控制台也好');
    t.equal(await bob.page.locator('.words', { hasText: '控制台也好' }).count(), 1);
  });

  await t.test('connections are cut while messages come: each comes once, in order', async (t) => {
    const numbered = (name: string) => Array.from({ length: MANY }, (_, n) => `${name} ${n}.`);
    const texts = numbered('cut');
    for (const [n, text] of texts.entries()) {
      await console.chat(bob.id, text);
      if (n % 40 !== 20) continue;
      // Somewhere among them: what was written to the browser and is not there yet is gone with its connection.
      await bob.has(texts[n - 10] ?? '');
      wires[1].cut();
    }
    await bob.has(texts.at(-1) ?? '');
    t.same(
      (await bob.kept()).map(({ text }) => text).filter((text) => text.startsWith('cut ')),
      texts,
    );
    const own = Array.from({ length: 12 }, (_, n) => `own ${n}.`);
    await alice.talk('鲍勃');
    for (const [n, text] of own.entries()) {
      if (n % 5 === 4) {
        // It is connected again.
        await alice.hasSent();
        await alice.writeWhileClosing(text);
      } else await alice.write(text);
      if (n % 5 === 2) wires[0].cut();
    }
    await bob.has(own.at(-1) ?? '');
    t.same(
      (await bob.kept()).map(({ text }) => text).filter((text) => text.startsWith('own ')),
      own,
    );
  });

  await t.test('the server is restarted under them: each message comes once, in order', async (t) => {
    const texts = Array.from({ length: 9 }, (_, n) => `restart ${n}.`);
    for (const text of texts.slice(0, 3)) await alice.write(text);
    server.child.signal('SIGTERM');
    for (const text of texts.slice(3, 6)) await alice.write(text);
    await server.child.ended;
    server = await startWebServer(options, { port, web });
    for (const user of [alice, bob]) await user.isBack();
    for (const text of texts.slice(6)) await alice.write(text);
    await bob.has(texts.at(-1) ?? '');
    t.same(
      (await bob.kept()).map(({ text }) => text).filter((text) => text.startsWith('restart ')),
      texts,
    );
    await alice.hasSent();
    await bob.page.locator('.banner').waitFor({ state: 'detached' });
  });

  await t.test('a reload keeps them logged in, with all messages; a logout leaves nothing', async (t) => {
    await bob.hasSent();
    const before = await bob.kept();
    await bob.page.reload();
    await bob.talk('爱丽丝');
    await bob.sees('restart 8.');
    t.same(await bob.kept(), before);
    await logOut(bob.page);
    t.same(await bob.page.evaluate('indexedDB.databases()'), []);
    t.same(
      (await bob.context.cookies()).filter(({ name }) => name === 'chat-login'),
      [],
    );
    t.equal(await bob.page.evaluate("localStorage.getItem('chat-account')"), null);
    await bob.page.reload();
    await bob.page.getByRole('button', { name: 'Log in', exact: true }).waitFor();
  });

  t.same(alice.wrong, []);
  t.same(bob.wrong, []);
  t.same([...alice.asked, ...bob.asked], [new URL(wires[0].url).host, new URL(wires[1].url).host]);
}

/** Resolves when something is so that messages at a console make so. */
async function until(isSo: () => boolean, client: ChatClient): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => client.once('message', () => resolve()));
}
