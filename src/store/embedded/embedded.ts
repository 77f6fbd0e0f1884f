import { lookThrough } from '../copies.js';
import type { Store } from '../store.js';
import { copies, type Here } from './copies.js';
import { EmbeddedDatabase } from './database.js';
import { friendRequests } from './friend-requests.js';
import { friends } from './friends.js';
import { groups, wholeGroups } from './groups.js';
import { history } from './history.js';
import { kept } from './kept.js';
import { loginsHere } from './logins.js';
import { offline } from './offline.js';
import { ALL_OFFLINE } from './schema.js';
import { seqs } from './seqs.js';
import { users } from './users.js';

/** The most characters that a password may have. */
const PASSWORD = 50;

/**
 * A store in one SQLite file that this thread itself reads and writes: each call takes it for as long as the disk does.
 * For tools, and for tests that must know when a call is done; a server has `openThreaded`. Nobody is online when it is
 * opened. Throws an Error with one clear line when the file is in use or cannot be used.
 *
 * @param file path of the database file, or `:memory:`
 */
export function openEmbedded(file: string): Store {
  const db = EmbeddedDatabase.alone({ file });
  db.prepare(ALL_OFFLINE).run();
  const all = operations(db, PASSWORD);
  const ask = async (call: Call) =>
    isRead(call.name) ? db.reading(workOf(all, call)) : db.transaction(workOf(all, call));
  return { ...asStore(ask), exclusively: loginsHere(), close: async () => db.close() };
}

export type Operations = ReturnType<typeof operations>;
type OperationName = keyof Operations;

/** One call of an operation, as it goes to the thread that has the file. */
export interface Call {
  readonly name: OperationName;
  readonly args: readonly unknown[];
}

/** The operations of the store, without their waiting. Each is to be run inside a transaction. */
export function operations(db: EmbeddedDatabase, passwordLength: number) {
  return {
    ...users(db, passwordLength),
    ...friends(db),
    ...groups(db),
    ...offline(db),
    ...kept(db),
    ...history(db),
    ...seqs(db),
    ...friendRequests(db),
    ...copies(db),
  };
}

const READS: ReadonlySet<OperationName> = new Set<OperationName>([
  ...(['user', 'idOf', 'existing', 'online', 'friends', 'groups', 'members', 'memberIds'] as const),
  ...(['group', 'roleIn', 'storedMessages', 'keptLogin', 'historyPage', 'searchHistory', 'seqs'] as const),
  ...(['hasAskedFriend', 'friendRequests', 'findCopies'] as const),
]);

/** Whether an operation changes nothing: it need not wait for a program that has locked the file for a change. */
export function isRead(name: OperationName): boolean {
  return READS.has(name);
}

/** The work of one call, which is to be done inside a transaction. */
export function workOf(operations: Operations, { name, args }: Call): () => unknown {
  // The arguments are those of `asStore`, which has them checked.
  return (operations[name] as (...args: readonly unknown[]) => unknown).bind(undefined, ...args);
}

/** The operations as a store has them. `ask` resolves with what the operation returns. */
export function asStore(ask: (call: Call) => Promise<unknown>): Omit<Store, 'exclusively' | 'close'> {
  const operation =
    <N extends OperationName>(name: N) =>
    (...args: Parameters<Operations[N]>) =>
      ask({ name, args }) as Promise<ReturnType<Operations[N]>>;
  const store = operation('storeMessages');
  const rows = operation('groups');
  const rowsOfOne = operation('group');
  const [findCopies, removeAt] = [operation('findCopies'), operation('removeCopiesAt')];
  return {
    register: operation('register'),
    setPassword: operation('setPassword'),
    user: operation('user'),
    idOf: operation('idOf'),
    existing: operation('existing'),
    online: operation('online'),
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
    keepSeqs: operation('keepSeqs'),
    seqs: operation('seqs'),
    openHistory: operation('openHistory'),
    keepHistory: operation('keepHistory'),
    historyPage: operation('historyPage'),
    searchHistory: operation('searchHistory'),
    expireHistory: operation('expireHistory'),
    removeHistory: operation('removeHistory'),
    askFriend: operation('askFriend'),
    hasAskedFriend: operation('hasAskedFriend'),
    friendRequests: operation('friendRequests'),
    endFriendRequest: operation('endFriendRequest'),
    // The thread cannot tell which texts are meant.
    removeCopies: async (userids, part, isIt) => {
      const found = await lookThrough(
        (from: Here | undefined) => findCopies(userids, part, from),
        ({ text }) => isIt(text),
      );
      if (found !== undefined && found.length > 0) await removeAt(found.map(({ place }) => place));
      return found !== undefined;
    },
  };
}
