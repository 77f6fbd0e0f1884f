import { basename } from 'node:path';
import type { z } from 'zod';
import type { Dialect } from '../protocol/dialect.js';
import { FileTooLarge, readBounded } from '../text/bounded-file.js';
import { printable } from '../text/printable.js';
import { BUILT_IN, isBuiltIn } from './builtin.js';
import { compile } from './compile.js';
import { type DialectFile, dialectFile } from './file.js';
import { contradictions } from './rules.js';

/** A dialect file has at most this many bytes, and its JSON at most this depth: it is looked at many times. */
const [LONGEST, DEEPEST] = [65_536, 32];
/** The most mistakes that are named. */
const MOST_MISTAKES = 50;

/** A dialect cannot be used. The message has a line for each mistake, with its place in the file. */
export class DialectError extends Error {}

/** The dialect that an option names: a built-in one, or a file. Throws DialectError. */
export function loadDialect(nameOrFile: string): Dialect {
  if (isBuiltIn(nameOrFile)) return compile(nameOrFile, BUILT_IN[nameOrFile]);
  return compile(basename(nameOrFile, '.json'), readDialectFile(nameOrFile));
}

/** Reads and checks a dialect file. Throws DialectError. */
export function readDialectFile(path: string): DialectFile {
  const json = readJson(path);
  if (isDeeper(json, DEEPEST)) throw new DialectError(`is nested more than ${DEEPEST} deep`);
  const checked = dialectFile.safeParse(json);
  if (!checked.success) throw new DialectError(named(checked.error.issues.flatMap(mistakes)));
  const found = contradictions(checked.data);
  if (found.length > 0) throw new DialectError(named(found));
  return checked.data;
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readBounded(path, LONGEST).toString();
  } catch (error) {
    if (error instanceof FileTooLarge) throw new DialectError(error.message);
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

/** Level by level, without a recursion that a file could make too deep. */
function isDeeper(value: unknown, most: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((item): unknown[] =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  }
  return false;
}

function named(all: readonly string[]): string {
  const more = all.length - MOST_MISTAKES;
  return [...all.slice(0, MOST_MISTAKES), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
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
