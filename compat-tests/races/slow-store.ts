import { type Store, StoreUnavailable } from '../../src/store/store.js';
import type { Step } from './clock.js';

/** A database that several nodes share. */
export interface Shared {
  readonly store: Store;
  /** Accounts that one of the nodes has for itself. */
  readonly locked: Set<number>;
  /** These questions are not answered now: for them the database is away. */
  readonly away: Set<keyof Store>;
}

/** One node's way to the database: each question takes a while to get there, and its answer to come back. */
export function slowStore(shared: Shared, step: Step): Store {
  const slow = async (name: keyof Store, args: readonly unknown[], work: () => unknown) => {
    const question = `${name}(${args.filter(Number.isInteger)})`;
    await step(`${question} is asked`);
    if (shared.away.has(name)) throw new StoreUnavailable('it is away');
    const answer = await work();
    await step(`${question} is answered`);
    return answer;
  };
  return new Proxy(
    {
      ...shared.store,
      exclusively: (...args) => exclusively(shared, ...args),
      // The other nodes may still need it.
      close: async () => {},
    } satisfies Store,
    {
      get(store, name: keyof Store) {
        const call = store[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => slow(name, args, () => call(...args));
      },
    },
  );
}

async function exclusively<T>(
  { locked }: Shared,
  id: number,
  work: () => Promise<T>,
): Promise<T | undefined> {
  if (locked.has(id)) return undefined;
  locked.add(id);
  return await work().finally(() => locked.delete(id));
}
