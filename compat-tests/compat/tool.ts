import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../src/compat/runner.js';
import { Child, type Ending } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

/** The output and the files of a run of chat-compat. */
export interface ToolRun {
  readonly status: Ending;
  readonly log: string;
  /** By the ids of the cases; none where it could not be tested. */
  readonly results: ReadonlyMap<string, Result>;
}

/** Runs chat-compat against a port of 127.0.0.1, however long it takes. */
export async function runTool(port: number, ...options: string[]): Promise<ToolRun> {
  const folder = newFolder();
  const file = join(folder.path, 'found.json');
  try {
    const args = ['dist/compat/main.js', `127.0.0.1:${port}`, '--json', file, '--lang', 'en', ...options];
    const child = new Child(process.execPath, args);
    const status = await child.ended;
    return { status, log: child.log, results: read(file) };
  } finally {
    folder.remove();
  }
}

function read(file: string): ReadonlyMap<string, Result> {
  try {
    const { results } = JSON.parse(readFileSync(file, 'utf8')) as { results: Result[] };
    return new Map(results.map((result) => [result.id, result]));
  } catch {
    return new Map();
  }
}

/** The ids of the cases in which something is wrong. */
export function faulty({ results }: ToolRun): string[] {
  const all = [...results.values()];
  return all.filter(({ finding }) => ['wrong', 'ended'].includes(finding.verdict)).map(({ id }) => id);
}

/** The verdicts of some cases. */
export function verdicts({ results }: ToolRun, ...ids: string[]): (string | undefined)[] {
  return ids.map((id) => {
    const finding = results.get(id)?.finding;
    return finding?.verdict === 'differs' ? `differs ${finding.number}` : finding?.verdict;
  });
}
