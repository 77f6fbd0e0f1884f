import { NormalError } from '../json/normal-error.js';
import type { CopyStore } from './copies.js';
import type { FriendRequestStore } from './friend-requests.js';
import type { HistoryStore } from './history.js';

/** How much of what is stored for a user is read at once, in bytes: what it does not read waits in memory. */
export const PAGE_BYTES = 1_048_576;

/** How many logins of one user are kept. */
export const MOST_LOGINS = 20;

export type UserState = 'online' | 'offline';

export interface User {
  readonly id: number;
  readonly name: string;
  readonly password: string;
  readonly state: UserState;
}

export interface Friend {
  readonly id: number;
  readonly name: string;
  readonly state: UserState;
}

export interface GroupUser extends Friend {
  readonly role: string;
}

export interface Group {
  readonly id: number;
  readonly groupname: string;
  readonly groupdesc: string;
  readonly users: readonly GroupUser[];
}

/** A member of a group, as group chat needs it. */
export interface Member {
  readonly id: number;
  readonly state: UserState;
}

/** A login that a browser may repeat without the password, in a table of its own (`websession`). */
export interface KeptLogin {
  /** The SHA-256 of what the browser has to show, in hex: who reads the table cannot log in by it. */
  readonly token: string;
  readonly userid: number;
  /** The SHA-256 of it and the password: with another password the login ends. */
  readonly proof: string;
  /** The last day on which it counts, in days since 1970. */
  readonly until: number;
}

/** How many of a user's numbered messages are remembered: those with the highest numbers. */
export const MOST_SEQS = 1000;

/** The outcome of a numbered message. `open`: it is on its way; `never`: it was refused, as if it had not come. */
export type SeqState = 'open' | 'here' | 'elsewhere' | 'stored' | 'never';

/** A message that its sender has numbered, in a table of its own (`chatseq`). */
export interface NumberedMessage {
  readonly userid: number;
  /** A whole number from 1 to 2,147,483,647. */
  readonly seq: number;
  readonly state: SeqState;
  /** The node that has an open one; '' for any other. */
  readonly node: string;
  /** The receiver: a user or a group; the other of the two is 0. */
  readonly toid: number;
  readonly groupid: number;
  /** When it came, in seconds since 1970. */
  readonly sent: number;
}

/** A message on its way into `offlinemessage`: the JSON text that its user will get. */
export interface StoredMessage {
  readonly userid: number;
  /** The text, or its UTF-8. One buffer for many users is made ready for the column only once. */
  readonly message: string | Buffer;
}

/** A message of a call that was not stored, and never can be. */
export interface Refusal {
  /** Its place in the call. */
  readonly index: number;
  readonly reason: UnstorableMessage;
}

/** A message that no form of can be stored, for what is in it: neither JSON nor ASCII, too long and not to be split. */
export class UnstorableMessage extends Error {}

/** The same for one to an account that does not exist: whoever sent it mistook the id. */
export class NoSuchUser extends UnstorableMessage {
  constructor() {
    super('no such user');
  }
}

/**
 * The database cannot be reached now, and was waited for, or it does not do its work, for no fault of the caller
 * (DIFFERENCES 16). As far as is known nothing was changed. The message says why.
 */
export class StoreUnavailable extends NormalError {}

/** The same for a call that others keep from being done, as they have locked a row of it: other calls may go on. */
export class StoreStuck extends StoreUnavailable {}

/**
 * Where accounts, friends, groups and stored messages live: the five tables of chat.sql.
 *
 * Ids are C++ ints. Texts are well-formed strings of any alphabet and length; how a back end writes them
 * down is its own matter. A call rejects with StoreUnavailable when the database is away, full, read-only or
 * otherwise stuck; a refusal for what is in a row, and every other failure of the original ("changes nothing and is not told") is a normal result.
 */
export interface Store extends HistoryStore, FriendRequestStore, CopyStore {
  /** Adds an account, offline. Returns its id, or undefined when the insert is refused (name taken, too long…). */
  register(name: string, password: string): Promise<number | undefined>;

  /** The account with that id, or undefined; one without a password (NULL) is none that anyone could log in to. */
  user(id: number): Promise<User | undefined>;

  /** The id of the account with that name, or undefined. */
  idOf(name: string): Promise<number | undefined>;

  /** Gives an account another password. False when there is none, or the database refuses it, as one that is too long. */
  setPassword(id: number, password: string): Promise<boolean>;

  /** Those of the ids that accounts have, in any order. */
  existing(ids: readonly number[]): Promise<readonly number[]>;

  /** Those of the ids whose accounts are online, in any order. */
  online(ids: readonly number[]): Promise<readonly number[]>;

  /** Takes an account from offline to online, in one atomic step. False when it was not offline. */
  goOnline(id: number): Promise<boolean>;

  /** Sets these accounts offline. */
  goOffline(ids: readonly number[]): Promise<void>;

  /**
   * Runs `work` while no other node runs it for the same account (DIFFERENCES 10).
   * Returns undefined, without running it, when another node is at it.
   */
  exclusively<T>(id: number, work: () => Promise<T>): Promise<T | undefined>;

  /** The friends of a user, in the database's order; a friendship stored twice comes once (DIFFERENCES 14). */
  friends(id: number): Promise<readonly Friend[]>;

  /**
   * The groups of a user with their members, in the database's order, each once (DIFFERENCES 14).
   *
   * @param most at most this many members of each group are read, the first ones; undefined for all
   */
  groups(id: number, most?: number): Promise<readonly Group[]>;

  /**
   * Stores a friendship, one way. Adding it again changes nothing (DIFFERENCES 14). False when it is not there then: a key
   * of the table keeps it out.
   */
  addFriend(id: number, friendid: number): Promise<boolean>;

  /** Ends a friendship, one way, however often it is stored. False when there was none. */
  removeFriend(id: number, friendid: number): Promise<boolean>;

  /** Creates a group with its creator as first member. Returns its id; a name that is taken or too long changes nothing. */
  createGroup(id: number, groupname: string, groupdesc: string): Promise<number | undefined>;

  /** Adds a member with the role `normal`. Joining again changes nothing (DIFFERENCES 14). False as for addFriend. */
  addGroup(id: number, groupid: number): Promise<boolean>;

  /** A group with all its members, each once; undefined when there is none. */
  group(groupid: number): Promise<Group | undefined>;

  /**
   * The role of a member in a group, in small letters: `creator` or `normal`; undefined for a user who is no member.
   */
  roleIn(groupid: number, userid: number): Promise<string | undefined>;

  /** Takes a member out of a group. False when it was none. */
  removeMember(groupid: number, userid: number): Promise<boolean>;

  /** Removes a group and its memberships, all or none. Those who were its members, each once. */
  removeGroup(groupid: number): Promise<readonly { readonly id: number }[]>;

  /** Gives a group another name. False when the database refuses it, as one that is taken or too long. */
  renameGroup(groupid: number, groupname: string): Promise<boolean>;

  /** The members of a group with their states, each once; empty when there is no such group. */
  members(groupid: number): Promise<readonly Member[]>;

  /** The same without their states: half the work. */
  memberIds(groupid: number): Promise<readonly { readonly id: number }[]>;

  /**
   * Stores messages, in this order, all or none. A text that the column cannot hold is stored in another
   * form that every client reads the same (DIFFERENCES 6, 7). Those that have no such form are left out.
   *
   * @param messages at most about 1 MiB in one call: it may become several times that
   * @returns the messages that were left out, in order; all others are stored
   */
  storeMessages(messages: readonly StoredMessage[]): Promise<readonly Refusal[]>;

  /**
   * The stored messages of a user, oldest first: all, or the first `most` of them, and none behind PAGE_BYTES of them
   * where the column holds long texts. They stay stored.
   */
  storedMessages(userid: number, most?: number): Promise<readonly string[]>;

  /** Deletes exactly these messages of a user, as storedMessages gave them, and no others (DIFFERENCES 8). */
  removeMessages(userid: number, messages: readonly string[]): Promise<void>;

  /**
   * Keeps a login, in place of one with the same token. At most MOST_LOGINS of a user are kept: the ones that end first
   * make room. Logins that ended before `today` are deleted.
   */
  keepLogin(login: KeptLogin, today: number): Promise<void>;

  /** The login with that token, or undefined. */
  keptLogin(token: string): Promise<KeptLogin | undefined>;

  /** Ends the login with that token; with `userid` all of that user's. */
  endLogins(of: { readonly token: string } | { readonly userid: number }): Promise<void>;

  /**
   * Remembers numbered messages, each in place of its former state, and of one of the same user whose number is lower
   * by a multiple of MOST_SEQS. One that is open changes nothing where its outcome is known.
   *
   * @param messages of each user and number one at most
   */
  keepSeqs(messages: readonly NumberedMessage[]): Promise<void>;

  /** All that is remembered of a user's numbered messages, in any order. */
  seqs(userid: number): Promise<readonly NumberedMessage[]>;

  /** Ends all connections. No call may follow. */
  close(): Promise<void>;
}
