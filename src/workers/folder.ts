import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a worker learns of the folder. */
export const FOLDER_VARIABLE = 'CHAT_WORKERS_FOLDER';

const PREFIX = 'chat-server-workers-';
/** In such a folder: the socket of the primary process, and the folder in which the workers have theirs. */
const OWNER = 'owner';
const NODES = 'nodes';
/** The database file of workers whose data is to be in memory; SQLite puts more files beside it, whose names begin so. */
const MEMORY = 'memory.db';
/** A folder without the socket of an owner may be one that is just being made, in ms. */
const HOUR = 3_600_000;
/** So connecting ends where nobody listens: the process is dead. */
const DEAD: readonly (string | undefined)[] = ['ECONNREFUSED', 'ENOENT'];

/** The folder of one primary process. */
export interface WorkersFolder {
  /** Where its workers find each other. */
  readonly nodes: string;
  /** The database file of workers that are to keep nothing: it goes with the folder. */
  readonly memory: string;
  remove(): Promise<void>;
}

/**
 * Makes the folder in which the workers of this primary process find each other; nobody else may enter it. Those of primary
 * processes that were killed are removed. Rejects when it cannot be made.
 */
export async function makeWorkersFolder(): Promise<WorkersFolder> {
  await removeAbandoned().catch(() => {});
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  // As long as this process lives somebody listens there: so others know that the folder is in use.
  const owner = createServer((socket) => socket.destroy()).unref();
  owner.listen(join(folder, OWNER));
  await once(owner, 'listening');
  owner.on('error', () => {});
  const nodes = join(folder, NODES);
  await mkdir(nodes);
  const remove = async () => {
    owner.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { nodes, memory: join(folder, MEMORY), remove };
}

/** The folder of this worker; undefined in a process that is none. */
export function workersFolder(): string | undefined {
  return process.env[FOLDER_VARIABLE];
}

/** Without this each server that is killed would leave a folder behind, for ever. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    // One that is another user's, or is gone meanwhile, is left alone.
    if (name.startsWith(PREFIX)) await removeIfAbandoned(join(tmpdir(), name)).catch(() => {});
  }
}

/**
 * Removes a folder of this user's that has nothing but sockets at which nobody listens, and data that nobody is to keep.
 * Rejects when that fails.
 */
async function removeIfAbandoned(folder: string): Promise<void> {
  const made = await lstat(folder);
  if (!made.isDirectory() || made.uid !== process.getuid?.()) return;
  const names = await readdir(folder);
  if (!names.includes(OWNER) && Date.now() - made.mtimeMs < HOUR) return;
  const nodes = names.includes(NODES) ? await readdir(join(folder, NODES)) : [];
  const others = names.filter((name) => name !== NODES).map((name) => join(folder, name));
  const places = [...others, ...nodes.map((name) => join(folder, NODES, name))];
  const isData = (place: string) => place.startsWith(join(folder, MEMORY));
  for (const place of places) if (!isData(place) && !(await isAbandoned(place))) return;
  for (const place of places) await unlink(place);
  if (names.includes(NODES)) await rmdir(join(folder, NODES));
  await rmdir(folder);
}

/** Whether a file is a socket at which nobody listens. */
async function isAbandoned(place: string): Promise<boolean> {
  if (!(await lstat(place)).isSocket()) return false;
  return new Promise((resolve) => {
    const socket = createConnection(place, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(DEAD.includes(code)));
  });
}
