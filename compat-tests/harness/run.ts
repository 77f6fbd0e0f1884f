import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { TapConfig } from '@tapjs/config';
import { report } from '@tapjs/reporter';
import t from 'tap';

/*
 * `npm test` runs this: it runs the compiled test files, several at once. A test may be named by its source or by
 * its folder: src/config.test.ts, compat-tests/cluster. It writes TAP, which a terminal gets through tap's reporter.
 *
 * tap's own command starts each file with a loader that notes which modules are loaded. That takes as long as to load
 * them, and nobody reads it: that command runs the files only when it is given an option of its own (-g, --bail).
 */

/** A file waits for two thirds of its time. */
const FILES_PER_CORE = 3;
/** Each may have a database and a Chromium in memory. */
const MOST_FILES = 12;
/** How long a file may take, and each test in it that says nothing else, in seconds. */
const LONGEST = 600;

/** The option of tap's own that this knows, too. */
const PLAIN = '--reporter=tap';
const NODE = ['--enable-source-maps', '--import=./build/compat-tests/harness/seed.js'];
const SOURCE = /^(?:\.\/)?((?:src|compat-tests|build)(?:\/.*?)?)\/?$/;

/** The compiled test files below a folder. */
function testsIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.test.js')).map((name) => join(folder, name));
}

/** The compiled files of a test, or of all tests of a folder. Throws when there is none. */
function compiled(argument: string): string[] {
  const [, name = argument] = SOURCE.exec(argument) ?? [];
  const path = join(name.startsWith('build') ? '.' : 'build', name.replace(/\.ts$/, '.js'));
  const files = existsSync(path) ? (statSync(path).isDirectory() ? testsIn(path) : [path]) : [];
  if (files.length === 0) throw new Error(`there is no test ${argument}`);
  return files;
}

/** Removes what was compiled from tests that are gone. */
function removeStale(): void {
  for (const file of testsIn('build'))
    if (!existsSync(file.slice('build/'.length).replace(/js$/, 'ts'))) rmSync(file);
}

/** Runs the files, and writes TAP. */
function runAll(files: readonly string[]): void {
  t.setTimeout(0);
  t.jobs = Math.min(MOST_FILES, FILES_PER_CORE * availableParallelism());
  t.plan(files.length);
  // tap would put the same loader into NODE_OPTIONS: what the user gave is put back.
  const env = [`NODE_OPTIONS=${process.env.NODE_OPTIONS ?? ''}`, `TAP_TIMEOUT=${LONGEST}`];
  for (const file of files)
    t.spawn('env', [...env, process.execPath, ...NODE, file], {
      name: file,
      buffered: true,
      timeout: LONGEST * 1000,
      at: null,
      stack: '',
    });
}

removeStale();
const args = process.argv
  .slice(2)
  .flatMap((argument) => (SOURCE.test(argument) ? compiled(argument) : [argument]));
const names = args.filter((argument) => argument !== PLAIN);
const files = names.length === 0 ? testsIn('build') : names;
if (names.some((name) => !existsSync(name)))
  process.exitCode = spawnSync('tap', args, { stdio: 'inherit' }).status ?? 1;
else {
  // A terminal gets what tap's own command shows there.
  if (names.length === args.length && process.stdout.isTTY) await report('base', t, await TapConfig.load());
  runAll([...new Set(files)].sort());
}
