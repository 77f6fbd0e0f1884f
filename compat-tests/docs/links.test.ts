import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { pages } from './pages.js';

/** What a link to a heading is made of, as the usual sites make it. */
function anchors(path: string): string[] {
  const headings = readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

for (const { path, text } of pages())
  t.test(`the links of ${path} lead somewhere`, async (t) => {
    const code = /```[\s\S]*?```|`[^`\n]*`/g;
    const links = [...text.replaceAll(code, '').matchAll(/\]\((?!https?:)([^)\s]*)\)/g)];
    for (const [, link = ''] of links) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      t.ok(existsSync(target), link);
      if (anchor !== undefined && statSync(target).isFile()) t.ok(anchors(target).includes(anchor), link);
    }
  });
