import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Child } from './child.js';
import { newFolder } from './folder.js';

/** Where what was installed once is kept for the tests that follow. */
const KEPT = resolve('build/installed');

/**
 * Puts the files of a new MariaDB into a folder that is not there yet. To install them takes most of a second of
 * computing; that is done once for each version, and each database is a copy.
 *
 * @param folder where the data is to be
 * @param options those of the server that decide what its files are like
 */
export async function copyInstalled(folder: string, options: readonly string[]): Promise<void> {
  const installed = join(KEPT, `mariadb-${nameOf(options)}`);
  if (!existsSync(installed)) await install(installed, options);
  await copy(installed, folder);
}

/** A name that only this version with these options has. */
function nameOf(options: readonly string[]): string {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const version = execFileSync('mariadbd', ['--no-defaults', '--version'], { env });
  return createHash('sha256').update(version).update(options.join(' ')).digest('hex').slice(0, 16);
}

/** Installs where it is fast, and moves it to its place when it is whole: other tests may do the same at this moment. */
async function install(place: string, options: readonly string[]): Promise<void> {
  const folder = newFolder();
  const data = join(folder.path, 'data');
  const kind = ['--auth-root-authentication-method=normal', '--skip-test-db'];
  const where = [`--datadir=${data}`, `--tmpdir=${folder.path}`];
  const child = new Child('mariadb-install-db', [...options, ...where, ...kind]);
  const status = await child.ended;
  if (status !== 0) throw new Error(`mariadb-install-db ended (${status})\n${child.log}`);
  mkdirSync(KEPT, { recursive: true });
  const beside = mkdtempSync(`${place}-`);
  await copy(data, join(beside, 'data'));
  folder.remove();
  try {
    renameSync(join(beside, 'data'), place);
  } catch (error) {
    // Another test was faster.
    if (!existsSync(place)) throw error;
  }
  rmSync(beside, { recursive: true, force: true });
}

async function copy(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-r', '--sparse=always', from, to]);
}
