import { type Store, StoreUnavailable } from '../store/store.js';
import type { Health } from './health.js';

/** The calls that write to the disk: a full one can still be read. */
const WRITES = [
  ...(['register', 'setPassword', 'goOnline', 'storeMessages'] as const),
  ...(['addFriend', 'removeFriend'] as const),
  ...(['createGroup', 'addGroup', 'removeMember', 'removeGroup', 'renameGroup'] as const),
] as const;

/** The same embedded store, but `health` is told when it cannot be used, and when it takes changes again. */
export function watchedStore(store: Store, health: Health): Store {
  const watched = Object.fromEntries(WRITES.map((name) => [name, watch(store[name], health)]));
  return { ...store, ...watched };
}

function watch(call: (...args: never[]) => Promise<unknown>, health: Health) {
  return async (...args: never[]) => {
    try {
      const result = await call(...args);
      health.back();
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailable) health.failed(error.message);
      throw error;
    }
  };
}
