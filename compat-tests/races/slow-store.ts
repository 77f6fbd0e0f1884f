import {
  type Refusal,
  type Store,
  type StoredMessage,
  StoreUnavailable,
  UnstorableMessage,
} from '../../src/store/store.js';
import type { Step } from './clock.js';

/** A database that several nodes share. */
export interface Shared {
  readonly store: Store;
  /** Accounts that one of the nodes has for itself. */
  readonly locked: Set<number>;
  /** These questions are not answered now: for them the database is away. */
  readonly away: Set<keyof Store>;
  /** Questions about these accounts are not answered now: somebody has locked their rows. */
  readonly stuck: Map<number, Promise<void>>;
}

/** One node's own access to the database. */
export interface Access {
  /** Resolves when the node is not frozen. */
  awake: Promise<void>;
  /** Its process has ended: it asks nothing any more. */
  isDead: boolean;
  /** Resolves when the world ends: until then a dead process waits for its answers. */
  readonly buried: Promise<void>;
}

/** A message with this in it can never be stored. */
export const UNSTORABLE = '!';

/** One node's way to the database: each question takes a while to get there, and its answer to come back. */
export function slowStore(shared: Shared, access: Access, step: Step): Store {
  const slow = async (name: keyof Store, args: readonly unknown[], work: () => unknown) => {
    const question = `${name}(${args.filter(Number.isInteger)})`;
    await step(`${question} is asked`);
    await shared.stuck.get(Number(args.flat()[0]));
    if (access.isDead) await access.buried;
    if (name !== 'close' && (shared.away.has(name) || access.isDead))
      throw new StoreUnavailable('it is away');
    const answer = await work();
    await step(`${question} is answered`);
    await access.awake;
    return answer;
  };
  return new Proxy(
    {
      ...shared.store,
      exclusively: (...args) => exclusively(shared, ...args),
      storeMessages: (messages) => storeMessages(shared.store, messages),
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

/** As a database does: the whole call, but for what it can never take. */
async function storeMessages(store: Store, messages: readonly StoredMessage[]): Promise<readonly Refusal[]> {
  const isGood = ({ message }: StoredMessage) => !`${message}`.includes(UNSTORABLE);
  await store.storeMessages(messages.filter(isGood));
  const reason = new UnstorableMessage('no form can be stored');
  return messages.flatMap((message, index) => (isGood(message) ? [] : [{ index, reason }]));
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
