import { Child } from '../harness/child.js';

/** Runs a check: its exit status, and its lines without blanks in a row. */
export async function check(...args: string[]): Promise<[status: number | string, output: string]> {
  const child = new Child(process.execPath, ['dist/main.js', 'check', ...args]);
  return [await child.ended, child.log.replaceAll(/ +/g, ' ')];
}
