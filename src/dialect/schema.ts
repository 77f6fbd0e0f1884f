import { z } from 'zod';
import { dialectFile } from './file.js';

/** The text of docs/dialect.schema.json, by which an editor completes and checks a dialect file. */
export function schemaText(): string {
  const schema = z.toJSONSchema(dialectFile, { io: 'input', reused: 'ref' });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
