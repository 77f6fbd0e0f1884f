import { readdirSync } from 'node:fs';
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

/** Whether a file of src/ stands in the map, by its name or with its folder. */
function isNamed(file: string): boolean {
  const [folder = '', ...inside] = dirname(file) === '.' ? [''] : dirname(file).split('/');
  return parts
    .filter((part) => part.folder === folder)
    .some(
      ({ whole, folders, files: named }) =>
        whole ||
        (inside.length > 0 && folders.includes(inside.join('/'))) ||
        named.some((name) => file === name || file === `${folder}/${name}`),
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
