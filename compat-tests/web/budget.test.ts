import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { openChromium } from '../harness/browser.js';
import { User } from '../harness/user.js';
import { isWell } from './axe.js';
import { PageUser } from './page-user.js';
import { startWebServer, type WebServer } from './web-server.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

/** The most that all of the page may have, compressed, in bytes. */
const MOST_BYTES = 60 * 1024;

let server: WebServer;
t.before(async () => {
  if (skip !== false) return;
  server = await startWebServer(['--data', ':memory:', '--pace', '0']);
});
t.teardown(() => server?.child.stop('SIGKILL'));

t.test('all that ships is small', async (t) => {
  const files = ['index.html', 'page.js', 'page.css', 'icon.svg', 'manifest.json'];
  const bytes = files.map((file) => gzipSync(readFileSync(`dist/page/${file}`)).length);
  const all = bytes.reduce((sum, length) => sum + length, 0);
  t.ok(all <= MOST_BYTES, `${all} bytes`);
  for (const name of ['web.md', 'web.zh-CN.md']) {
    const told = Number(
      /(\d+) KB compressed|压缩后 (\d+) KB/
        .exec(readFileSync(`docs/${name}`, 'utf8'))
        ?.slice(1)
        .join(''),
    );
    // Not every version of zlib compresses the same.
    t.ok(Math.abs(told - all / 1024) < 2, `${name} says ${told} KB of ${all} bytes`);
  }
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [320, 1280])
    t.test(`axe finds nothing, ${colorScheme}, ${width} pixels wide`, { skip }, async (t) => {
      const viewport = { width, height: 640 };
      const locale = width === 320 ? 'zh-CN' : 'en-US';
      const name = `${colorScheme}${width}`;
      const console = await User.connect(server);
      const { id: other } = await console.register(`other ${name}`);
      await console.login(other);
      // A colour on its way to another one is none of the page's.
      const looks = { colorScheme, viewport, locale, reducedMotion: 'reduce' };
      const user = await PageUser.open(chromium.browser, server.url, looks);
      const { page } = user;
      await page.locator('form').waitFor();
      await isWell(t, page, 'the form');
      await page.getByRole('button', { name: /中文|English/ }).click();
      await page.getByRole('button', { name: /中文|English/ }).waitFor();
      if (locale === 'en-US') await page.getByRole('button', { name: 'English' }).click();
      await page.getByRole('button', { name: 'New here? Register' }).click();
      await page.getByRole('button', { name: 'Register', exact: true }).click();
      await page.locator('.problem').waitFor();
      await isWell(t, page, 'a problem');
      await page.getByRole('button', { name: 'Have an account? Log in' }).click();
      await user.register(name);
      await isWell(t, page, 'nothing yet');
      await console.chat(other, user.id, `hello\nhttps://example.com/${'long'.repeat(60)}`);
      await page.getByLabel('1 unread message').first().waitFor();
      await isWell(t, page, 'a list');
      await page.locator('.row').first().click();
      await user.write('an answer');
      await page.locator('.way.sent').waitFor();
      await page.getByLabel('Emoji').first().click();
      await page.getByRole('group', { name: 'Emoji' }).waitFor();
      await isWell(t, page, 'a conversation');
      if (width === 320) await page.getByLabel('Back').click();
      await user.createGroup(`group ${name}`, 'about something');
      await page.getByRole('button', { name: '1 member' }).click();
      await page.getByRole('dialog').waitFor();
      await isWell(t, page, 'a dialog');
      await page.keyboard.press('Escape');
      if (width === 320) await page.getByLabel('Back').click();
      await page.getByLabel('Menu').click();
      await page.getByRole('button', { name: 'Log out' }).waitFor();
      await isWell(t, page, 'the menu');
      t.same(user.wrong, []);
      await user.context.close();
    });
