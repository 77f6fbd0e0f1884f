import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import Sqlite from 'libsql';
import { mysqlUrl } from '../backends.js';
import { ConfigError } from '../config.js';
import type { Settings } from '../options.js';
import { databaseIn, mysqlCommand } from '../setup/connection.js';
import { makePrivate } from '../store/embedded/file.js';

/**
 * Copies the embedded database into a new file, complete and consistent also while a server uses it.
 * Throws an Error with one line when that cannot be.
 */
export async function backup(settings: Settings, target: string): Promise<void> {
  const url = mysqlUrl(settings);
  if (url !== undefined) {
    const args = ['--single-transaction', `--result-file=${target}`, '--databases', databaseIn(url)];
    throw new ConfigError(
      `backup is for the embedded database; for MySQL: ${mysqlCommand('mysqldump', url, args)}`,
    );
  }
  const { data } = settings;
  if (!existsSync(data)) throw new Error(`there is no ${data} to copy: name it with --data FILE`);
  if (existsSync(target)) throw new Error(`${target} is there already: name a new file`);
  copy(data, target);
  console.log(`${data} is copied to ${target}`);
}

/** The target appears when it is complete and on the disk. */
function copy(data: string, target: string): void {
  const part = `${target}.part`;
  rmSync(part, { force: true });
  makePrivate(part);
  const db = new Sqlite(data, { timeout: 5000 });
  try {
    db.prepare('VACUUM INTO ?').run(part);
  } catch (error) {
    rmSync(part, { force: true });
    throw new Error(`${target} cannot be written: ${error instanceof Error ? error.message : error}`);
  } finally {
    db.close();
  }
  const file = openSync(part, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(part, target);
}
