import { readFileSync } from 'node:fs';
import t from 'tap';
import { OPTIONS } from '../options.js';
import { embeddedOptions } from './embedding.js';
import { reference } from './reference.js';
import { usage } from './usage.js';

t.test('docs/configuration.md is what the program says: npm run docs writes it', async (t) => {
  t.equal(readFileSync('docs/configuration.md', 'utf8'), reference());
});

t.test('src/embed-options.ts is what the program says: npm run docs writes it', async (t) => {
  t.equal(readFileSync('src/embed-options.ts', 'utf8'), embeddedOptions());
});

t.test('help and reference have every option, with its default', async (t) => {
  for (const name of Object.keys(OPTIONS)) {
    t.match(usage(), `--${name}`);
    t.match(reference(), `| \`${name}\` |`);
  }
  t.match(usage(), /--pace MS +least gap .* \(default 5\)\n/);
  t.match(reference(), '| `--pace MS` | `CHAT_PACE` | `pace` | `5` |');
  for (const line of usage().split('\n')) t.ok(line.length <= 130, line);
});
