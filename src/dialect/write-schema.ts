import { writeFileSync } from 'node:fs';
import { schemaText } from './schema.js';

/** Brings docs/dialect.schema.json up to date: npm run docs. */
writeFileSync(new URL('../../docs/dialect.schema.json', import.meta.url), schemaText());
