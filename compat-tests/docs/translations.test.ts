import { existsSync } from 'node:fs';
import t from 'tap';
import { page, pages } from './pages.js';

/** What a page and its translation have to have in common, in order. */
const SAME: Readonly<Record<string, (text: string) => string[]>> = {
  'the levels of its headings': (text) => found(unfenced(text), /^#+(?= )/gm),
  'its blocks of code': (text) =>
    found(text, /^ *```[\s\S]*?^ *```/gm).map((block) => block.replace(/^ +/gm, '')),
  'how many rows its tables have': (text) => found(unfenced(text), /^\|/gm),
  'the targets of its links': (text) =>
    found(text, /(?<=\]\()[^)]+/g)
      .map(toEnglish)
      .sort(),
};

/** The same, but in any order: what is named in the middle of sentences. */
const NAMED: Readonly<Record<string, RegExp>> = {
  options: /(?<![\w-])--[a-z][a-z0-9-]+/g,
  variables: /\bCHAT_[A-Z_]+/g,
  metrics: /\b(?:chat|nodejs|process)_[a-z0-9_]+/g,
  commands: /\bchat-(?:server|client)(?: (?:init|check|backup|move|users|kick|say|dialect))?\b/g,
  'what the log or a client says': /`[^`\n]+`/g,
};

/** Pages with a translation that is kept whole. README.zh-CN.md says less, and has a test of its own. */
const TRANSLATED = ['docs/operating.md'];

function found(text: string, what: RegExp): string[] {
  return [...text.matchAll(what)].map(([each]) => each);
}

function unfenced(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```/gm, '');
}

function toEnglish(target: string): string {
  return target.replace('.zh-CN.md', '.md');
}

/** How often each is named. */
function named(text: string, what: RegExp): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of found(text, what).sort()) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
}

for (const path of TRANSLATED)
  t.test(`${path} and its translation say the same`, async (t) => {
    const [english, chinese] = [page(path).text, page(path.replace('.md', '.zh-CN.md')).text];
    for (const [what, read] of Object.entries(SAME)) t.same(read(chinese), read(english), what);
    for (const [what, pattern] of Object.entries(NAMED))
      t.same(named(chinese, pattern), named(english, pattern), what);
  });

t.test('every page in Chinese is one of a page in English', async (t) => {
  for (const { path } of pages().filter(({ path }) => path.includes('.zh-CN.')))
    t.ok(existsSync(toEnglish(path)), path);
});
