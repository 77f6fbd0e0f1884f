import type { Store } from '../store.js';
import type { EmbeddedDatabase } from './database.js';
import { friends } from './friends.js';
import { groups, wholeGroups } from './groups.js';
import { kept } from './kept.js';
import { offline } from './offline.js';
import { users } from './users.js';

export type Operations = ReturnType<typeof operations>;
export type OperationName = keyof Operations;

/** One call of an operation, as it goes to the thread that has the file. */
export interface Call {
  readonly name: OperationName;
  readonly args: readonly unknown[];
}

/** What the store does, without its waiting. Each operation is to be run inside a transaction. */
export function operations(db: EmbeddedDatabase, passwordLength: number) {
  return { ...users(db, passwordLength), ...friends(db), ...groups(db), ...offline(db), ...kept(db) };
}

const READS: ReadonlySet<OperationName> = new Set<OperationName>([
  ...(['user', 'idOf', 'existing', 'friends', 'groups', 'members', 'memberIds'] as const),
  ...(['group', 'roleIn', 'storedMessages', 'keptLogin'] as const),
]);

/** Whether an operation changes nothing: it need not wait for a program that has locked the file for a change. */
export function isRead(name: OperationName): boolean {
  return READS.has(name);
}

/** Runs one call. The caller is in a transaction. */
export function run(operations: Operations, { name, args }: Call): unknown {
  // The arguments are those of `asStore`, which has them checked.
  return (operations[name] as (...args: readonly unknown[]) => unknown)(...args);
}

/** The operations as a store has them. `ask` resolves with what the operation returns. */
export function asStore(ask: (call: Call) => Promise<unknown>): Pick<Store, OperationName> {
  const operation =
    <N extends OperationName>(name: N) =>
    (...args: Parameters<Operations[N]>) =>
      ask({ name, args }) as Promise<ReturnType<Operations[N]>>;
  const store = operation('storeMessages');
  const rows = operation('groups');
  const rowsOfOne = operation('group');
  return {
    register: operation('register'),
    setPassword: operation('setPassword'),
    user: operation('user'),
    idOf: operation('idOf'),
    existing: operation('existing'),
    goOnline: operation('goOnline'),
    goOffline: operation('goOffline'),
    friends: operation('friends'),
    groups: async (id, most) => wholeGroups(await rows(id, most)),
    addFriend: operation('addFriend'),
    removeFriend: operation('removeFriend'),
    createGroup: operation('createGroup'),
    addGroup: operation('addGroup'),
    group: async (groupid) => wholeGroups(await rowsOfOne(groupid))[0],
    roleIn: operation('roleIn'),
    removeMember: operation('removeMember'),
    removeGroup: operation('removeGroup'),
    renameGroup: operation('renameGroup'),
    members: operation('members'),
    memberIds: operation('memberIds'),
    // A buffer would take all of the pool that it is a slice of along into another thread.
    storeMessages: (messages) =>
      store(messages.map(({ userid, message }) => ({ userid, message: message.toString() }))),
    storedMessages: operation('storedMessages'),
    removeMessages: operation('removeMessages'),
    keepLogin: operation('keepLogin'),
    keptLogin: operation('keptLogin'),
    endLogins: operation('endLogins'),
  };
}
