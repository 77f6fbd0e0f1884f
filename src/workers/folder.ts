import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a worker learns of the folder. */
export const FOLDER_VARIABLE = 'CHAT_WORKERS_FOLDER';

/** Makes the folder in which the workers of one primary process find each other; nobody else may enter it. */
export function makeWorkersFolder(): string {
  return mkdtempSync(join(tmpdir(), 'chat-server-workers-'));
}

/** The folder of this worker; undefined in a process that is none. */
export function workersFolder(): string | undefined {
  return process.env[FOLDER_VARIABLE];
}
