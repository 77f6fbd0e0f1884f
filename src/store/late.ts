import { type Store, StoreUnavailable } from './store.js';

/** An answer that takes longer is late, in ms. */
const LATE = 200;
/** Without these messages wait, or nobody comes. */
const CALLS = ['user', 'goOnline', 'storeMessages', 'storedMessages'] as const;

/** Is told how punctual a store is. */
export interface Punctuality {
  /** An answer is late, or says that the database is away. May be called again and again. */
  late(): void;
  /** There was an answer. */
  answered(): void;
}

/** The same store, but somebody is told when its answers are late. */
export function punctual(store: Store, told: Punctuality): Store {
  const watched = Object.fromEntries(CALLS.map((name) => [name, watch(store[name], told)]));
  return { ...store, ...watched };
}

function watch(call: (...args: never[]) => Promise<unknown>, told: Punctuality) {
  return async (...args: never[]) => {
    const timer = setTimeout(() => told.late(), LATE);
    try {
      const result = await call(...args);
      told.answered();
      return result;
    } catch (error) {
      if (error instanceof StoreUnavailable) told.late();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}
