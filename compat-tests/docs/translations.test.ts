import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { OPTIONS } from '../../src/options.js';
import { anchors, commands, type Page, page, pages } from './pages.js';

const CHINESE = /\.zh-CN\.md$/;

/** The parts that must not differ: the levels of headings in order, the lines to type, and the options that are named. */
function bones(some: Page) {
  const prose = some.text.replaceAll(/```[\s\S]*?```/g, '');
  const headings = [...prose.matchAll(/^(#+) /gm)].map(([, level]) => level);
  const named = [...some.text.matchAll(/--([a-z][a-z0-9-]*)/g)].map(([, option = '']) => option);
  const options = new Set(named.filter((option) => Object.hasOwn(OPTIONS, option)));
  return { headings, commands: commands(some), options: [...options].sort() };
}

/**
 * Of each section of a page what is the same in every language: code, links (those to its own headings by the places of
 * these), and how many rows its tables have.
 */
function sections(some: Page) {
  const { text } = some;
  const places = new Map(anchors(some).map((anchor, place) => [`#${anchor}`, `#${place}`]));
  const prose = text.replaceAll(/```[\s\S]*?```/g, '');
  return prose.split(/^#+ .*/m).map((section) => ({
    code: inOrder(section.matchAll(/`([^`\n]+)`/g)),
    links: inOrder(section.matchAll(/\]\(([^)]+)\)/g))
      .map((link) => places.get(link) ?? link.replace('.zh-CN.', '.'))
      .sort(),
    rows: [...section.matchAll(/^ *\|/gm)].length,
  }));
}

function inOrder(found: Iterable<RegExpMatchArray>): string[] {
  return [...new Set([...found].map(([, what = '']) => what))].sort();
}

/** The first column of the table of dependencies. */
function dependencies({ text }: Page): string[] {
  const rows = text.split(/^\| (?:dependency|依赖) \|.*\n.*\n/m)[1]?.split('\n\n')[0] ?? '';
  return [...rows.matchAll(/^\| (\S+) \|/gm)].map(([, name = '']) => name);
}

const translated = pages().filter(({ path }) => CHINESE.test(path));
t.ok(translated.length > 1);

for (const chinese of translated)
  t.test(`${chinese.path} is in step with the English page`, async (t) => {
    const english = chinese.path.replace(CHINESE, '.md');
    t.ok(existsSync(english), english);
    t.same(bones(chinese), bones(page(english)));
    // The first page begins otherwise in Chinese: it takes a student by the hand.
    if (english !== 'README.md') t.same(sections(chinese), sections(page(english)));
  });

t.test('both first pages name each dependency, once', async (t) => {
  const { dependencies: used } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const path of ['README.md', 'README.zh-CN.md'])
    t.same(dependencies(page(path)).sort(), Object.keys(used).sort(), path);
});
