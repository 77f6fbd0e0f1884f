import { startServer } from '../../compat-tests/harness/server.js';
import { embedded, onServices, type Place } from '../load/place.js';
import { Services } from '../load/services.js';
import type { Storage } from '../load/storage.js';

/** A server of ours as people start it, alone on an empty database. */
export interface SoakServer {
  readonly port: number;
  readonly pid: number;
  readonly storage: Storage;
  stop(): Promise<void>;
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

async function services(): Promise<Place> {
  const services = await Services.start(false);
  const place = await onServices(services);
  const leave = async () => {
    await place.leave();
    await services.stop();
  };
  return { ...place, leave };
}
