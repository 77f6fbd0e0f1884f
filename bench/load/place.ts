import { join } from 'node:path';
import { newFolder } from '../../compat-tests/harness/folder.js';
import type { Services } from './services.js';
import { embeddedStorage, type Storage } from './storage.js';

/** An empty database, and the options that make a server use it. */
export interface Place {
  readonly options: readonly string[];
  readonly storage: Storage;
  readonly pids: { readonly database: readonly number[]; readonly bus: readonly number[] };
  leave(): Promise<void>;
}

/** A new file for the embedded store, on disk where wanted; it is removed at the end. */
export function embedded(onDisk = false): Place {
  const folder = newFolder(onDisk);
  const file = join(folder.path, 'chat.db');
  const storage = embeddedStorage(file);
  const leave = async () => {
    await storage.close();
    folder.remove();
  };
  return { options: ['--data', file], storage, pids: { database: [], bus: [] }, leave };
}

/** A new database on services, which go on at the end; with `redis`, on that too. */
export async function onServices(services: Services, redis = true): Promise<Place> {
  const { url, storage } = await services.database();
  const options = ['--mysql', url, ...(redis ? ['--redis', services.redisUrl] : [])];
  return { options, storage, pids: services.pids, leave: () => storage.close() };
}
