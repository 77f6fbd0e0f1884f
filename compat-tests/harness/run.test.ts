import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Child } from './child.js';
import { newFolder } from './folder.js';

const folder = newFolder();
t.teardown(() => folder.remove());

/** Runs these tests as `npm test` does. Returns the exit status and what is written. */
async function run(...args: string[]) {
  // One who runs within a run, as this test does there, leaves the counts to that.
  const outside = { TAP_CHILD_ID: '' };
  const child = new Child(process.execPath, ['build/compat-tests/harness/run.js', ...args], outside);
  return { status: await child.ended, log: child.log };
}

/** A test file that does this. */
function file(name: string, script: string): string {
  const path = join(folder.path, `${name}.mjs`);
  writeFileSync(path, script);
  return path;
}

t.test('a file and a folder by their sources, each once', async (t) => {
  const { status, log } = await run('src/text/secrets.test.ts', 'src/text/', '--reporter=tap');
  t.equal(status, 0, log);
  const names = log.match(/^ok \d+ - \S+/gm);
  t.match(names, [/ build\/src\/text\/bounded-file\.test\.js$/, /printable/, /secrets/]);
  t.equal(names?.length, 3);
  t.match(log, /^# \{ total: \d+, pass: \d+ \}$/m, 'what CI reads');
});

t.test('what fails, or ends badly, fails the run; the others run all the same', async (t) => {
  const bad = file('bad', "console.log('not ok 1 - bad\\n1..1')");
  const ends = file('ends', "console.log('ok 1 - good\\n1..1'); process.exitCode = 3");
  const good = file('good', "console.log('ok 1 - good\\n1..1')");
  const { status, log } = await run(bad, ends, good);
  t.equal(status, 1);
  t.match(log, /^not ok 1 - .*bad\.mjs/m);
  t.match(log, /^not ok 2 - .*ends\.mjs/m);
  t.match(log, /^ok 3 - .*good\.mjs/m);
});

t.test(
  'no loader is put into the file, what the user tells Node stays, and its tests may take long',
  async (t) => {
    const told =
      "console.log('ok 1 -', process.execArgv.join(), process.env.NODE_OPTIONS, process.env.TAP_TIMEOUT); console.log('1..1')";
    const child = new Child('env', [
      'NODE_OPTIONS=--no-warnings',
      process.execPath,
      'build/compat-tests/harness/run.js',
      file('told', told),
    ]);
    t.equal(await child.ended, 0, child.log);
    t.match(child.log, /ok 1 - --enable-source-maps,--import=\S+seed\.js --no-warnings 600$/m);
  },
);

t.test('a name that is none', async (t) => {
  const { status, log } = await run('src/text/no-such.test.ts');
  t.not(status, 0);
  t.match(log, /there is no test src\/text\/no-such\.test\.ts/);
});
