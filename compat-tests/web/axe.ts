import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import type { Test } from 'tap';

/** axe-core checks the needs of screen readers, keyboards and eyes. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The findings of axe in the page as it is. */
async function findings(page: Page): Promise<string[]> {
  // The policy of the page forbids scripts of others: this one comes by the debugger, as a person's tools do.
  const found = (await page.evaluate(`(() => { ${AXE}; return axe.run(document); })()`)) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

/** Neither axe nor a scroll bar across has anything to say. */
export async function isWell(t: Test, page: Page, where: string): Promise<void> {
  t.same(await findings(page), [], where);
  const [width, room] = (await page.evaluate(
    '[document.documentElement.scrollWidth, innerWidth]',
  )) as number[];
  t.ok(Number(width) <= Number(room), `${where}: ${width} of ${room} pixels`);
}
