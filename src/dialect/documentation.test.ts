import { readFileSync } from 'node:fs';
import t from 'tap';
import { compile } from './compile.js';
import { dialectFile } from './file.js';
import { contradictions } from './rules.js';

const text = readFileSync('docs/dialects.md', 'utf8');

t.test('every file that docs/dialects.md shows can be used', async (t) => {
  const files = [...text.matchAll(/```json\n([^`]*)```/g)].map(([, json = '']) => json);
  t.ok(files.length > 8);
  for (const json of files) {
    const file = dialectFile.parse(JSON.parse(json));
    t.same(contradictions(file), []);
    t.ok(compile('shown', file), json);
  }
});

t.test('docs/dialects.md tells of every key', async (t) => {
  const keys = Object.keys(dialectFile.shape).filter((key) => key !== '$schema');
  for (const key of keys) t.match(text, `\`${key}\``);
});
