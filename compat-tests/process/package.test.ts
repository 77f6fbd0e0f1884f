import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

const PAGES = readdirSync('.').filter((name) => name.endsWith('.md'));
/** The files of a clone that the package is made of; the folder of dependencies stands for `npm ci`. */
const CLONED = [
  'src',
  'web',
  'scripts',
  'assets',
  'docs',
  'deploy',
  'examples',
  'chat.sql',
  'package.json',
  'LICENSE',
  ...PAGES,
];
const CONFIGS = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

// It compiles twice.
t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());
const clone = join(folder.path, 'clone');
for (const path of [...CLONED, ...CONFIGS]) cpSync(path, join(clone, path), { recursive: true });
symlinkSync(resolve('node_modules'), join(clone, 'node_modules'));

/** Runs a shell line in a folder, as at a prompt. Returns what it wrote. */
async function shell(where: string, line: string): Promise<string> {
  const child = new Child('sh', ['-c', `cd '${where}' && ${line}`], { npm_config_loglevel: 'error' });
  const status = await child.ended;
  if (status !== 0) throw new Error(`${line} ended (${status})\n${child.log}`);
  return child.log;
}

t.test('npm pack on a fresh clone packs the program, and what the README links', async (t) => {
  const tarball = (await shell(clone, 'npm pack --silent')).trim();
  await shell(clone, `tar -xzf ${tarball} -C '${folder.path}'`);
  const unpacked = join(folder.path, 'package');
  const links = [...readFileSync('README.md', 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
    ([, link]) => link,
  );
  const packed = links.filter((link) => !/^(bench|fixtures|compat-tests|src)/.test(link ?? ''));
  t.ok(packed.length > 3);
  for (const link of packed) t.ok(existsSync(join(unpacked, link ?? '')), `${link} is in the package`);
  t.notOk(existsSync(join(unpacked, 'dist/.built')));

  symlinkSync(resolve('node_modules'), join(unpacked, 'node_modules'));
  t.match(await shell(unpacked, 'dist/main.js --version'), /^\d+\.\d+\.\d+\n$/);
  t.match(await shell(unpacked, 'dist/main.js init'), /^chat.db is ready\n$/);
  t.match(await shell(unpacked, 'dist/client/main.js 127.0.0.1 1 2>&1 || true'), /^cannot connect/);
});

t.test('npm start compiles only when a source has changed', async (t) => {
  const version = /^\d+\.\d+\.\d+\n$/;
  const start = () => shell(clone, 'npm start --silent -- --version 2>&1');
  t.match(await start(), version, 'packing has compiled it');
  // A system without a shell of Unix must do the same: cmd.exe knows neither these programs nor these words.
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  for (const name of [
    'build',
    'build:changed',
    'prestart',
    'start',
    'preclient',
    'client',
    'prepack',
    'docs',
  ])
    t.notMatch(scripts[name], /\b(find|touch|chmod|mkdir|rm|mv|test|bash|sh)\b|['$;]/, name);
  const soon = Date.now() / 1000 + 1;
  utimesSync(join(clone, 'src/main.ts'), soon, soon);
  t.match(await start(), /^Compiling, as the sources have changed: this takes [^\n]*\.\n\d/);
});
