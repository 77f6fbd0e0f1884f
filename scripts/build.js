// Compiles src into dist, and web, the page for browsers, into dist/page, on every system that Node runs on.
//
//   node scripts/build.js             always
//   node scripts/build.js --changed   only when a source is newer than what was compiled
//   node scripts/build.js --clean     from nothing, for a package
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Written when compiling begins, and given its name when it has succeeded: its age is that of what was compiled. */
const BUILT = 'dist/.built';
const BEGUN = 'dist/.begun';
const SOURCES = ['src', 'web', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
/** The files of the page that are not made of its sources. */
const PAGE_FILES = ['index.html', 'icon.svg', 'manifest.json'];
const PROGRAMS = ['dist/main.js', 'dist/client/main.js', 'dist/compat/main.js'];

const [mode] = process.argv.slice(2);
if (mode === '--clean') rmSync('dist', { recursive: true, force: true });
if (mode !== '--changed' || isOld()) await build();

/** Whether something was never compiled, or has changed since. */
function isOld() {
  if (!existsSync(BUILT)) {
    console.error('Compiling for the first time: this takes from five seconds to a minute, once.');
    return true;
  }
  const { mtimeMs } = statSync(BUILT);
  const changed = SOURCES.flatMap(filesIn).some((file) => statSync(file).mtimeMs > mtimeMs);
  if (changed)
    console.error('Compiling, as the sources have changed: this takes from five seconds to a minute.');
  return changed;
}

/** @param {string} path */
function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return [path, ...entries.map((name) => join(path, name))];
}

async function build() {
  mkdirSync('dist', { recursive: true });
  writeFileSync(BEGUN, '');
  try {
    compile('tsconfig.build.json');
    compile('web/tsconfig.json');
    await bundle();
  } catch {
    // The compiler has said what is wrong.
    process.exit(1);
  }
  // On Windows this changes nothing, and need not.
  for (const program of PROGRAMS) chmodSync(program, 0o755);
  renameSync(BEGUN, BUILT);
}

/** @param {string} project */
function compile(project) {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], { stdio: 'inherit' });
}

/** Makes the page of its sources: one script, one style sheet. */
async function bundle() {
  const { buildSync } = await import('esbuild');
  buildSync({
    entryPoints: ['web/page.tsx', 'web/page.css'],
    outdir: 'dist/page',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    tsconfig: 'web/tsconfig.json',
    legalComments: 'none',
  });
  for (const file of PAGE_FILES) copyFileSync(`web/${file}`, `dist/page/${file}`);
}
