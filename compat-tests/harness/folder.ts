import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Folder {
  readonly path: string;
  remove(): void;
}

// Its input ends when our process does, however that ends; then what uses the folder gets a moment to end too.
const JANITOR = 'read -r _; sleep 0.2; rm -rf -- "$0"';

/**
 * Makes a folder for a test's data, in memory where the system has /dev/shm. It does not outlive this process.
 *
 * @param onDisk where temporary files are, even so
 */
export function newFolder(onDisk = false): Folder {
  const inMemory = !onDisk && existsSync('/dev/shm');
  const path = mkdtempSync(join(inMemory ? '/dev/shm' : tmpdir(), 'chat-test-'));
  const janitor = spawn('sh', ['-c', JANITOR, path], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  janitor.unref();
  const remove = () => {
    rmSync(path, { recursive: true, force: true });
    janitor.kill();
  };
  return { path, remove };
}
