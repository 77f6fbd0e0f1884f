import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/*
 * What `npm test` runs: the test runner, on what was compiled. A test may be named by its source or by its
 * folder: src/config.test.ts, compat-tests/cluster.
 */

const SOURCE = /^(?:\.\/)?((?:src|compat-tests)\/.*?)(?:\/|(\.test)\.ts)?$/;

/** The compiled file of a test, all tests of a folder, or the argument as it is when it names no source. */
function compiled(argument: string): string {
  const [, name, isFile] = SOURCE.exec(argument) ?? [];
  if (name === undefined) return argument;
  return isFile === undefined ? `build/${name}/**/*.test.js` : `build/${name}.test.js`;
}

/** Removes what was compiled from tests that are gone. */
function removeStale(): void {
  for (const name of readdirSync('build', { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.test.js') && !existsSync(name.replace(/js$/, 'ts'))) rmSync(join('build', name));
  }
}

removeStale();
const { status } = spawnSync('tap', process.argv.slice(2).map(compiled), { stdio: 'inherit' });
process.exitCode = status ?? 1;
