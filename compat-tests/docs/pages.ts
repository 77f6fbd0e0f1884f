import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders with pages for people. */
const FOLDERS = ['docs', 'deploy', 'bench', 'fixtures', 'examples'];

/** A page for people, by its path. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** All pages of the project. */
export function pages(): Page[] {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  return [...readdirSync('.'), ...below].filter((path) => path.endsWith('.md')).map(page);
}

export function page(path: string): Page {
  return { path, text: readFileSync(path, 'utf8') };
}

/** The anchors of a page's headings, in order, as the usual sites make them. */
export function anchors({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The lines of its blocks of shell commands, those that are continued joined. */
export function commands({ text }: Page): string[] {
  const blocks = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^\1```/gm)].map(([, , block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter((line) => line !== ''),
  );
}
