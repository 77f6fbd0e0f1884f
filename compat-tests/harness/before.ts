import { spawnSync } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newFolder } from './folder.js';

/** The commit of the version before, which is up beside this one while a cluster is upgraded. */
const BEFORE = '64141a7';

/** A program that was installed, until its folder is removed. */
export interface Installed {
  /** The path of the server. */
  readonly server: string;
  remove(): void;
}

function run(folder: string, command: string): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', command], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout.trim();
}

/** Whether the version before can be had: a clone that is not whole lacks its commit. */
export function hasBefore(): boolean {
  return spawnSync('git', ['cat-file', '-e', `${BEFORE}^{commit}`]).status === 0;
}

/** Packs the version before as it was published, and unpacks the tarball. It runs on the packages of this version. */
export function installBefore(): Installed {
  const folder = newFolder();
  const here = resolve('.');
  run(here, `git archive ${BEFORE} | tar -x -C '${folder.path}'`);
  symlinkSync(join(here, 'node_modules'), join(folder.path, 'node_modules'));
  run(folder.path, 'npm pack --silent && mkdir unpacked && tar -xzf *.tgz -C unpacked');
  const [name = ''] = readdirSync(join(folder.path, 'unpacked'));
  const unpacked = join(folder.path, 'unpacked', name);
  symlinkSync(join(here, 'node_modules'), join(unpacked, 'node_modules'));
  return { server: join(unpacked, 'dist/main.js'), remove: () => folder.remove() };
}
