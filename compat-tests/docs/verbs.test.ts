import t from 'tap';
import { MORE_REQUESTS } from '../../src/protocol/numbers.js';
import { REQUESTS } from '../../src/protocol/verbs.js';
import { page } from './pages.js';

for (const path of ['docs/dialects.md', 'docs/dialects.zh-CN.md'])
  t.test(`${path} has a row for each request`, async (t) => {
    const { text } = page(path);
    t.same(
      REQUESTS.filter((verb) => !text.includes(`\n| \`${verb}\` | `)),
      [],
    );
  });

t.test('docs/PROTOCOL.md has a row for each number that the original does not have', async (t) => {
  const [, section = ''] = page('docs/PROTOCOL.md').text.split('\n## 9.');
  t.same(
    Object.entries(MORE_REQUESTS).filter(([, number]) => !section.includes(`\n| ${number} | `)),
    [],
  );
});
