import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { loadDialect } from './load.js';
import { schemaText } from './schema.js';

t.test('docs/dialect.schema.json is what the program checks: npm run docs writes it', async (t) => {
  t.equal(readFileSync('docs/dialect.schema.json', 'utf8'), schemaText());
});

t.test('every example can be used, and names the schema', async (t) => {
  const examples = readdirSync('docs/dialects');
  t.ok(examples.length > 0);
  for (const example of examples) {
    const path = `docs/dialects/${example}`;
    t.equal(loadDialect(path).name, example.replace('.json', ''));
    t.equal(JSON.parse(readFileSync(path, 'utf8')).$schema, '../dialect.schema.json', example);
  }
});
