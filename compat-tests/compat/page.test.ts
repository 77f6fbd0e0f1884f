import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { findBrowser, startBrowser } from '../harness/browser.js';
import { Child } from '../harness/child.js';
import { DEADLINE } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { breaking } from './relay.js';
import { runTool } from './tool.js';

t.setTimeout(600_000);
const chromium = findBrowser();

t.test(
  'the report is one page, in two languages, on which everybody sees what is wrong',
  { skip: chromium === undefined && 'there is no Chromium here' },
  async (t) => {
    const server = await startServer(['--data', ':memory:', '--pace', '0']);
    // A byte that is markup, so that what a server writes is seen to be none.
    const relay = await breaking(server.port, (text) => text.replace('"msg":"hello"', '"msg":"<b id=x>"'));
    const folder = newFolder();
    const browser = await startBrowser(chromium ?? '');
    t.teardown(async () => {
      await browser.close();
      relay.close();
      await server.child.stop('SIGKILL');
      folder.remove();
    });
    const file = join(folder.path, 'report.html');
    const run = await runTool(relay.port, '--only', 'session,nodes', '--timeout', '20', '--html', file);
    t.equal(run.status, 1, run.log);
    await readable(t, browser, file, /^Compatibility/, /兼容性报告/, async (page) => {
      t.equal(await page.locator('#x').count(), 0, 'what a server writes is text');
      t.match(await page.locator('pre').first().innerText(), /6d 73 67 22 3a 22 68 .*"msg":"h\n/);
      t.ok((await page.locator('mark').count()) > 0, 'the bytes that differ are marked');
      const [title] = await page.locator('tbody th').all();
      t.ok(((await title?.boundingBox())?.width ?? 0) > 120, 'the name of a group is read across');
    });
  },
);

t.test(
  'the report of load is one page, in two languages, with pictures of what happened when',
  { skip: chromium === undefined && 'there is no Chromium here' },
  async (t) => {
    const server = await startServer(['--data', ':memory:', '--pace', '0']);
    const folder = newFolder();
    const browser = await startBrowser(chromium ?? '');
    t.teardown(async () => {
      await browser.close();
      await server.child.stop('SIGKILL');
      folder.remove();
    });
    const file = join(folder.path, 'load.html');
    const at = `127.0.0.1:${server.port}`;
    const args = ['load', at, '--compare', at, '--html', file, '--lang', 'en', '--clients', '2'];
    const tool = new Child(process.execPath, [
      ...['dist/compat/main.js', ...args, '--seconds', '2', '--rate', '40', '--timeout', '60'],
    ]);
    t.equal(await tool.ended, 0, tool.log);
    await readable(t, browser, file, /^Under load/, /压力测试/, async (page) => {
      t.equal(await page.locator('svg .rate').count(), 6, 'each run has a picture of its rate');
      t.equal(await page.locator('svg .p99').count(), 6, 'and of its percentiles');
      // A line of two seconds goes from one place to another.
      t.match(await page.locator('svg .p99').first().getAttribute('d'), /^M[\d.]+ [\d.]+L[\d.]+ [\d.]+$/);
      t.equal(await page.locator('#run-5').count(), 1);
      t.match(await page.locator('main > p').first().innerText(), /rate x [\d.]+, p99 x [\d.]+/);
    });
  },
);

/** Opens a report as several people do: it is seen well, in both languages, and loads nothing from elsewhere. */
async function readable(
  t: Test,
  browser: Browser,
  file: string,
  english: RegExp,
  chinese: RegExp,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  for (const [colorScheme, width] of [
    ['light', 1000],
    ['dark', 1000],
    ['light', 380],
  ] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, locale: 'en' });
    context.setDefaultTimeout(DEADLINE);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    page.on('request', (request) => request.url().startsWith('file:') || wrong.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    for (const details of await page.locator('details').all())
      await details.evaluate((element) => element.setAttribute('open', ''));
    await look(page);
    const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    for (const language of ['en', 'zh-CN']) {
      t.equal(await page.locator('html').getAttribute('lang'), language);
      t.match(await page.locator('h1').innerText(), language === 'en' ? english : chinese);
      t.notOk(await page.evaluate(wide), `${width} px are enough`);
      // The policy of the page lets no script in but its own: axe comes in by the debugger.
      await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
      const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
      t.same(
        violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)]),
        [],
        `axe finds nothing: ${language} ${colorScheme} ${width}`,
      );
      if (process.env.CHAT_SCREENSHOT)
        await page.screenshot({ path: `${basename(file, '.html')}-${language}-${colorScheme}-${width}.png` });
      await page.locator('#language').click();
    }
    t.same(wrong, []);
    await context.close();
  }
}
