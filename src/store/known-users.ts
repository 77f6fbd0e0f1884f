import { NoSuchUser, type Refusal, type Store, type StoredMessage } from './store.js';

/** At most this many ids of accounts are remembered; then all are forgotten and asked for again. */
const MOST_KNOWN = 100_000;

/**
 * A store that stores no messages for accounts that do not exist (DIFFERENCES 21): they are left out, with the
 * reason `no such user`. An account that has been seen is known from then on, as nothing ever deletes one: only
 * for others is the database asked, once for each call.
 */
export function onlyKnownUsers(store: Store): Store {
  const known = new Set<number>();
  const note = (ids: Iterable<number>) => {
    if (known.size > MOST_KNOWN) known.clear();
    for (const id of ids) known.add(id);
  };
  return {
    ...store,
    user: async (id) => {
      const user = await store.user(id);
      if (user !== undefined) note([id]);
      return user;
    },
    storeMessages: async (messages) => {
      const unknown = [...new Set(messages.map(({ userid }) => userid))].filter((id) => !known.has(id));
      const missing = unknown.length === 0 ? NOBODY : await without(store, unknown, note);
      return missing.size === 0 ? store.storeMessages(messages) : storeOthers(store, messages, missing);
    },
  };
}

const NOBODY: ReadonlySet<number> = new Set();

/** Those of the ids that no account has; `found` is told of the others. */
async function without(
  store: Store,
  ids: readonly number[],
  found: (ids: readonly number[]) => void,
): Promise<ReadonlySet<number>> {
  const existing = await store.existing(ids);
  found(existing);
  const missing = new Set(ids);
  for (const id of existing) missing.delete(id);
  return missing;
}

/** Stores the messages of all but the missing users. The indexes of refusals are those of this call. */
async function storeOthers(
  store: Store,
  messages: readonly StoredMessage[],
  missing: ReadonlySet<number>,
): Promise<readonly Refusal[]> {
  const places: number[] = [];
  const refusals: Refusal[] = [];
  for (const [index, { userid }] of messages.entries()) {
    if (missing.has(userid)) refusals.push({ index, reason: new NoSuchUser() });
    else places.push(index);
  }
  const others = messages.filter(({ userid }) => !missing.has(userid));
  const refused = others.length === 0 ? [] : await store.storeMessages(others);
  for (const { index, reason } of refused) refusals.push({ index: places[index] ?? index, reason });
  return refusals.sort((a, b) => a.index - b.index);
}
