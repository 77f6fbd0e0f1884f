import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { findBrowser, startBrowser } from '../harness/browser.js';
import { newFolder } from '../harness/folder.js';
import { breaking } from './relay.js';
import { conversation, serve, shadowing } from './shadowing.js';

/*
 * `chat-compat shadow` with its page, in Chromium. Not part of `npm test`: on a machine with ten times more work than processors the
 * second server once stayed silent for a minute, and it is not known why. After `npm run build && npx tsc`:
 * `node --enable-source-maps build/compat-tests/compat/shadow-page.js`
 */

t.setTimeout(600_000);
const chromium = findBrowser();

/** Both languages are there, and nobody is kept from reading either. */
async function readable(t: Test, page: Page): Promise<void> {
  for (const language of ['en', 'zh-CN']) {
    t.equal(await page.locator('html').getAttribute('lang'), language);
    const heading = await page.locator('h1').innerText();
    t.match(heading, language === 'en' ? /^Two servers, the same clients/ : /两个服务器/);
    await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)]);
    t.same(found, [], `axe finds nothing: ${language}`);
    if (process.env.CHAT_SCREENSHOT)
      await page.screenshot({ path: `shadow-${language}.png`, fullPage: true });
    await page.locator('#language').click();
  }
}

/** How a request is answered that names this host. */
async function statusFor(
  port: number,
  method: string,
  path: string,
  host: string,
): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, method, path, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

t.test(
  'what two servers do differently is on a page as it is found, and on one to keep',
  { skip: chromium === undefined && 'there is no Chromium here' },
  async (t) => {
    const [first, second] = [await serve(t), await serve(t)];
    // A byte that is markup, so that what a server writes is seen to be none.
    const relay = await breaking(second.port, (text) => text.replaceAll('"to all"', '"<b id=x>"'));
    t.teardown(() => relay.close());
    const run = await shadowing(t, first.port, relay.port, '--timeout', '12', '--page', '0');
    const [, at = ''] = await run.tool.logged(/^http:\/\/127\.0\.0\.1:(\d+)\/$/m);
    const port = Number(at);
    t.equal(await statusFor(port, 'GET', '/', 'some-page.example:80'), 421, 'no page of others reads it');
    t.equal(await statusFor(port, 'POST', '/', 'localhost'), 405);
    t.equal(await statusFor(port, 'GET', '/../package.json', 'localhost'), 404);

    const browser = await startBrowser(chromium ?? '');
    t.teardown(() => browser.close());
    const wrong: string[] = [];
    const open = async (url: string) => {
      const page = await (await browser.newContext({ locale: 'en' })).newPage();
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
      page.on('request', (asked) => asked.url().startsWith(url) || wrong.push(asked.url()));
      await page.goto(url);
      return page;
    };
    const live = await open(`http://127.0.0.1:${port}/`);
    t.match(await live.locator('main').innerText(), /There is no difference/);
    await conversation(t, run.port);
    await live.locator('#kind-0').waitFor({ timeout: 0 });
    t.match(await live.locator('tbody').innerText(), /group message, msg: is another value/);
    await live.locator('#kind-0 summary').click();
    t.ok((await live.locator('mark').count()) > 0, 'the bytes that differ are marked');
    t.equal(await live.locator('#x').count(), 0, 'what a server writes is text');
    await readable(t, live);
    await live.close();

    const { status, html } = await run.end();
    t.equal(status, 1, run.tool.log);
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const file = join(folder.path, 'kept.html');
    writeFileSync(file, html);
    const kept = await open(pathToFileURL(file).href);
    t.match(await kept.locator('tbody').innerText(), /group message, msg: is another value/);
    await readable(t, kept);
    t.same(wrong, []);
  },
);
