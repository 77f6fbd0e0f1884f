import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import t from 'tap';
import { findBrowser, startBrowser } from '../harness/browser.js';
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
    for (const [colorScheme, width] of [
      ['light', 1000],
      ['dark', 1000],
      ['light', 380],
    ] as const) {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: 900 },
        locale: 'en',
      });
      context.setDefaultTimeout(DEADLINE);
      const page = await context.newPage();
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
      page.on('request', (request) => request.url().startsWith('file:') || wrong.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      for (const details of await page.locator('details').all())
        await details.evaluate((element) => element.setAttribute('open', ''));
      t.equal(await page.locator('#x').count(), 0, 'what a server writes is text');
      t.match(await page.locator('pre').first().innerText(), /6d 73 67 22 3a 22 68 .*"msg":"h\n/);
      t.ok((await page.locator('mark').count()) > 0, 'the bytes that differ are marked');
      const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
      const [title] = await page.locator('tbody th').all();
      t.ok(((await title?.boundingBox())?.width ?? 0) > 120, 'the name of a group is read across');
      for (const language of ['en', 'zh-CN']) {
        t.equal(await page.locator('html').getAttribute('lang'), language);
        const heading = await page.locator('h1').innerText();
        t.match(heading, language === 'en' ? /^Compatibility/ : /兼容性报告/);
        t.notOk(await page.evaluate(wide), `${width} px are enough`);
        // The policy of the page lets no script in but its own: axe comes in by the debugger.
        await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
        const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
        t.same(
          violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)]),
          [],
          `axe finds nothing: ${language} ${colorScheme} ${width}`,
        );
        await page.locator('#language').click();
      }
      t.same(wrong, []);
      if (process.env.CHAT_SCREENSHOT) await page.screenshot({ path: `report-${colorScheme}-${width}.png` });
      await context.close();
    }
  },
);
