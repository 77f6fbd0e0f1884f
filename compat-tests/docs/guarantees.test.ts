import { existsSync } from 'node:fs';
import t from 'tap';
import { page } from './pages.js';

const rows = page('docs/guarantees.md')
  .text.split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (what|site|64 KB)\b/.test(line));

t.test('each test that the page names is there', async (t) => {
  const named = rows.flatMap((row) => [...row.matchAll(/`([a-z-]+(?:\/[\w.-]+)+)`/g)]);
  t.ok(named.length > 50);
  for (const [, name = ''] of named) {
    const file = name.startsWith('src/') ? name : `compat-tests/${name}.test.ts`;
    t.ok(existsSync(file), name);
  }
});
