import { existsSync } from 'node:fs';
import t from 'tap';
import { OPTIONS } from '../../src/options.js';
import { commands, type Page, page, pages } from './pages.js';

const CHINESE = /\.zh-CN\.md$/;

/** What must not differ: the levels of headings in order, what is typed, and which options are named. */
function bones(some: Page) {
  const prose = some.text.replaceAll(/```[\s\S]*?```/g, '');
  const headings = [...prose.matchAll(/^(#+) /gm)].map(([, level]) => level);
  const named = [...some.text.matchAll(/--([a-z][a-z0-9-]*)/g)].map(([, option = '']) => option);
  const options = new Set(named.filter((option) => Object.hasOwn(OPTIONS, option)));
  return { headings, commands: commands(some), options: [...options].sort() };
}

const translated = pages().filter(({ path }) => CHINESE.test(path));
t.ok(translated.length > 1);

for (const chinese of translated)
  t.test(`${chinese.path} is in step with the English page`, async (t) => {
    const english = chinese.path.replace(CHINESE, '.md');
    t.ok(existsSync(english), english);
    t.same(bones(chinese), bones(page(english)));
  });
