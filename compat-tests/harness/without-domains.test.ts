import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Child } from './child.js';
import { newFolder } from './folder.js';

/** As Node prints it, or the runner, where it says so by itself. */
const UNCAUGHT = /^(?:Error:|not ok \d+ -) mine$/m;

/** How a test goes wrong, and what its file prints then. */
const WRONG: Readonly<Record<string, readonly [test: string, printed: RegExp]>> = {
  'an error in a test': ['() => { throw new Error("mine"); }', /not ok.*mine/],
  'a rejection that a test waits for': ['async () => { throw new Error("mine"); }', /not ok.*mine/],
  'an error that nobody catches': [
    '() => new Promise(() => setImmediate(() => { throw new Error("mine"); }))',
    UNCAUGHT,
  ],
  'a rejection that nobody waits for': ['async () => { void Promise.reject(new Error("mine")); }', UNCAUGHT],
};

const folder = newFolder();
t.teardown(() => folder.remove());

/** Runs a file with one test, as `npm test` does. */
function run(test: string): Child {
  const file = join(folder.path, 'some.mjs');
  const imported = (module: string) => JSON.stringify(import.meta.resolve(module));
  writeFileSync(file, `import t from ${imported('tap')};\nt.test('some', ${test});\n`);
  return new Child(process.execPath, [`--import=${import.meta.resolve('./seed.js')}`, file]);
}

for (const [what, [test, printed]] of Object.entries(WRONG))
  t.test(`${what} fails the file, which says what it was`, async (t) => {
    const child = run(test);
    t.equal(await child.ended, 1);
    t.match(child.log, printed);
  });

t.test('the promises of a test are not followed', async (t) => {
  // A promise that is followed has an id while what waits for it runs.
  const child = run(
    'async () => { await null; console.log("id", (await import("node:async_hooks")).executionAsyncId()); }',
  );
  t.equal(await child.ended, 0, child.log);
  t.match(child.log, /^id 0$/m);
});
