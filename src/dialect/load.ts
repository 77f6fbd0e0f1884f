import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { z } from 'zod';
import type { Dialect } from '../protocol/dialect.js';
import { printable } from '../text/printable.js';
import { BUILT_IN, isBuiltIn } from './builtin.js';
import { compile } from './compile.js';
import { type DialectFile, dialectFile } from './file.js';
import { contradictions } from './rules.js';

/** A dialect cannot be used. The message has a line for each mistake, with its place in the file. */
export class DialectError extends Error {}

/** The dialect that an option names: a built-in one, or a file. Throws DialectError. */
export function loadDialect(nameOrFile: string): Dialect {
  if (isBuiltIn(nameOrFile)) return compile(nameOrFile, BUILT_IN[nameOrFile]);
  return compile(basename(nameOrFile, '.json'), readDialectFile(nameOrFile));
}

/** Reads and checks a dialect file. Throws DialectError. */
export function readDialectFile(path: string): DialectFile {
  const checked = dialectFile.safeParse(readJson(path));
  if (!checked.success) throw new DialectError(checked.error.issues.flatMap(mistakes).join('\n'));
  const found = contradictions(checked.data);
  if (found.length > 0) throw new DialectError(found.join('\n'));
  return checked.data;
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new DialectError(
      `is no built-in dialect (${Object.keys(BUILT_IN).join(', ')}), nor a file to read`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DialectError(
      `is not JSON: ${printable(String(error instanceof Error ? error.message : error))}`,
    );
  }
}

/** One line for each thing that is wrong, beginning with its path. */
function mistakes(issue: z.core.$ZodIssue): string[] {
  const at = (path: readonly PropertyKey[]) =>
    path.length === 0 ? 'the file' : printable(path.map(String).join('.'));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${at([...issue.path, key])}: is not known here`);
  if (issue.code === 'invalid_value')
    return [`${at(issue.path)}: is none of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`];
  return [`${at(issue.path)}: ${issue.message.replace(/^Invalid input: /, '')}`];
}
