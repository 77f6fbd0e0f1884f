import { join } from 'node:path';
import { newFolder } from '../../compat-tests/harness/folder.js';
import { startServer } from '../../compat-tests/harness/server.js';
import { Services } from '../load/services.js';
import { embeddedStorage, type Storage } from '../load/storage.js';

/** A server of ours as people start it, alone on an empty database. */
export interface SoakServer {
  readonly port: number;
  readonly pid: number;
  readonly storage: Storage;
  stop(): Promise<void>;
}

interface Place {
  readonly options: readonly string[];
  readonly storage: Storage;
  leave(): Promise<void>;
}

/** @param store `embedded`, or `services` for a private MariaDB and Redis */
export async function startSoakServer(store: string): Promise<SoakServer> {
  const { options, storage, leave } = store === 'services' ? await services() : embedded();
  try {
    const { child, port } = await startServer(options);
    const stop = async () => {
      await child.stop();
      await leave();
    };
    return { port, pid: child.pid, storage, stop };
  } catch (error) {
    await leave();
    throw error;
  }
}

function embedded(): Place {
  const folder = newFolder();
  const file = join(folder.path, 'chat.db');
  const storage = embeddedStorage(file);
  const leave = async () => {
    await storage.close();
    folder.remove();
  };
  return { options: ['--data', file], storage, leave };
}

async function services(): Promise<Place> {
  const services = await Services.start(false);
  const { url, storage } = await services.database();
  const leave = async () => {
    await storage.close();
    await services.stop();
  };
  return { options: ['--mysql', url, '--redis', services.redisUrl], storage, leave };
}
