import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import t from 'tap';
import { page } from './pages.js';

/** A part of the map: the lines of one folder of src/, and what is below them. */
interface Part {
  readonly folder: string;
  readonly files: readonly string[];
  /** Folders inside it that one line stands for. */
  readonly folders: readonly string[];
  /** One line stands for the folder: no line of a file of its own is below it. */
  readonly whole: boolean;
}

/** The part of the map that is about src/: entries stand two spaces in, those of a folder's files four. */
function partsOfMap(): Part[] {
  const [, map = ''] = /^src\/\n((?: .*\n)+)/m.exec(page('docs/architecture.md').text) ?? [];
  return map.split(/^(?= {2}\S)/m).map(partOf);
}

function partOf(text: string): Part {
  const [, folder = ''] = /^ {2}([\w-]+)\/\s/.exec(text) ?? [];
  return {
    folder,
    files: [...text.matchAll(/([\w/-]+(?:\.d)?\.ts)\b/g)].map(([, file = '']) => file),
    folders: [...text.matchAll(/(?<![\w/-])([\w-]+)\/(?![\w-])/g)].map(([, inside = '']) => inside),
    whole: folder !== '' && !/^ {4}\S/m.test(text),
  };
}

const parts = partsOfMap();
const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

/** The most files that one line may stand for: of more a reader cannot guess which it is. */
const MOST_TOGETHER = 10;
/** Their files are of one kind, and each has the name of what it is about: a check, a group of cases. */
const OF_ONE_KIND: readonly string[] = ['check', 'compat/cases'];

/** Whether one line of the map may stand for all files of a folder. */
function mayStandTogether(folder: string): boolean {
  return (
    OF_ONE_KIND.includes(folder) || files.filter((file) => dirname(file) === folder).length <= MOST_TOGETHER
  );
}

/** Whether a file of src/ stands in the map, by its name or with its folder. */
function isNamed(file: string): boolean {
  const [folder = '', ...inside] = dirname(file) === '.' ? [''] : dirname(file).split('/');
  const together = mayStandTogether(dirname(file));
  return parts
    .filter((part) => part.folder === folder)
    .some(
      ({ whole, folders, files: named }) =>
        (together && (whole || (inside.length > 0 && folders.includes(inside.join('/'))))) ||
        named.some((name) => file === name || file === `${folder}/${name}` || file.endsWith(`/${name}`)),
    );
}

t.test('every file stands in the map, alone or with its folder', async (t) => {
  t.ok(parts.length > 20);
  t.same(
    files.filter((file) => !isNamed(file)),
    [],
  );
});

t.test('every file in the map is there', async (t) => {
  for (const { folder, files: named } of parts)
    for (const name of named)
      t.ok(
        files.some((file) => file === name || (file.startsWith(`${folder}/`) && file.endsWith(`/${name}`))),
        `${folder}: ${name}`,
      );
});

/** The most files, and the most words, that one must read for a change, by the first words of its row. */
const MOST: Readonly<Record<string, readonly [files: number, words: number]>> = {
  'how an undelivered message is kept': [10, 14],
  'how a login is answered': [9, 12],
  'a verb that the original does not have': [6, 6],
  'a rule of dialects': [6, 6],
};

t.test('what one must read for a change is there, and does not grow', async (t) => {
  const [, rest = ''] = page('docs/architecture.md').text.split('\n## Where a change begins\n');
  const [section = ''] = rest.split('\n## ');
  const rows = [...section.matchAll(/^\| ([^|]+) \| ([^|]*`[^|]+) \| ([^|]+) \|$/gm)];
  t.same(
    rows.map(([, change]) => change),
    Object.keys(MOST),
  );
  for (const [, change = '', read = '', words = ''] of rows) {
    const [mostFiles = 0, mostWords = 0] = MOST[change] ?? [];
    t.ok(read.split(', ').length <= mostFiles, `${change}: files`);
    t.ok(words.split(', ').length <= mostWords, `${change}: words`);
    for (const [, path = ''] of read.matchAll(/`([^`]+)`/g))
      t.ok(existsSync(path) || existsSync(`src/${path}`), `${change}: ${path}`);
  }
});
