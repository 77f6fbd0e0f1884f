import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { anchors, page, pages } from './pages.js';

for (const { path, text } of pages())
  t.test(`the links of ${path} lead somewhere`, async (t) => {
    const code = /```[\s\S]*?```|`[^`\n]*`/g;
    const links = [...text.replaceAll(code, '').matchAll(/\]\((?!https?:)([^)\s]*)\)/g)];
    for (const [, link = ''] of links) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      t.ok(existsSync(target), link);
      if (anchor !== undefined && statSync(target).isFile())
        t.ok(anchors(page(target)).includes(anchor), link);
    }
  });
