import { LIMITS } from '../limits.js';
import type { Connection } from '../net/connection.js';
import type { Dialect } from '../protocol/dialect.js';
import { type Lists, mostItems } from '../protocol/fit.js';
import type { Message } from '../protocol/message.js';
import type { Values } from '../protocol/replies.js';
import type { Reply } from '../protocol/verbs.js';
import type { Group, User } from '../store/store.js';
import { catchUp, handOver, type Piece, readStored, singly } from './catch-up.js';
import type { Chat } from './chat.js';
import { introduce, userOf } from './identity.js';
import { leaveSoon } from './leave.js';

/**
 * Sends the login reply to a user who has just come online, with friends, groups and stored messages, and
 * from then on everything else.
 *
 * @returns a promise for when the reply has left, and the stored messages that came with it are deleted
 */
export async function welcome(
  chat: Chat,
  connection: Connection,
  message: Message,
  user: User,
): Promise<{ readonly replied: Promise<void> }> {
  const { id, name } = user;
  const { presence, store } = chat;
  const session = presence.get(id);
  if (session === undefined) throw new Error(`user ${id} has not arrived`);
  const [offlinemsg, friends, groups] = await Promise.all([
    readStored(chat, session),
    store.friends(id),
    groupsFor(chat, id, connection.room),
  ]);
  if (groups.length > 0) await chat.shortener.ownTurn();
  const pieces = pack(chat, { id, name, friends, groups, offlinemsg }, message, connection.room);
  const end = pieces.findLastIndex(({ isReply }) => isReply) + 1;
  const replied = handOver(chat, connection, session, pieces.slice(0, end));
  const handedOver = replied.then(() => handOver(chat, connection, session, pieces.slice(end)));
  introduce(connection, id, name);
  chat.holdings.note(connection, id, { friends: friends.length, groups: groups.length });
  session.enter(connection, (behind) => catchUp(chat, behind));
  chat.log.debug({ userid: id, address: connection.address }, 'a user is here');
  chat.program?.loggedIn?.(userOf(connection, id));
  // From now on the user gets everything else, behind what is handed over to it.
  catchUp(chat, session, offlinemsg.length > 0 ? handedOver : undefined);
  if (connection.ended) leaveSoon(chat, id);
  return { replied };
}

/** What a login is answered with, lists and stored messages included. */
type Welcome = Values & { readonly offlinemsg: readonly string[] };

/**
 * The reply to a login and what comes with it, in the order of the dialect.
 *
 * @param room how long a reply may be so that its client can read it, in bytes; undefined for no limit
 */
export function pack(chat: Chat, welcome: Welcome, message: Message, room: number | undefined): Piece[] {
  const { dialect } = chat;
  const { offlinemsg, friends = [], groups = [], ...rest } = welcome;
  const inside = listsInside(chat, welcome, message, room);
  const reply = (stored: readonly string[]): Piece => {
    const bytes = dialect.replies.write('login', 'ok', { ...rest, ...inside, offlinemsg: stored }, message);
    return { bytes: bytes ?? Buffer.alloc(0), texts: stored, isReply: true };
  };
  const { id = 0 } = rest;
  const lists = [
    ...listBehind(chat, id, 'friendsAfterLogin', { friends }, room),
    ...listBehind(chat, id, 'groupsAfterLogin', { groups }, room),
  ];
  if (dialect.stored === 'before') return [...singly(offlinemsg), reply([]), ...lists];
  if (dialect.stored === 'after') return [reply([]), ...lists, ...singly(offlinemsg)];
  const count = fitting(chat, reply([]).bytes.length, offlinemsg, room ?? LIMITS.maxLoginReply);
  return [reply(offlinemsg.slice(0, count)), ...lists, ...singly(offlinemsg.slice(count))];
}

/**
 * The groups of a user with as many members as its reply can list at most: with none where not even the groups fit. So
 * a login costs what is sent, however large the groups are.
 */
export async function groupsFor(
  { dialect, store }: Chat,
  id: number,
  room: number | undefined,
): Promise<readonly Group[]> {
  if (room === undefined || dialect.replies.countsMembers) return store.groups(id);
  const groups = await store.groups(id, 0);
  const reply = dialect.replies.has('groupsAfterLogin') ? 'groupsAfterLogin' : 'login';
  const isTooMuch = groups.length >= mostItems(room) || lengthOf(dialect, reply, groups) > room;
  return isTooMuch || groups.length === 0 ? groups : store.groups(id, mostItems(room));
}

/** How long a reply is that has nothing but groups without members. */
function lengthOf({ replies }: Dialect, reply: Reply, groups: readonly Group[]): number {
  return replies.write(reply, 'ok', { groups, friends: [], offlinemsg: [] })?.length ?? 0;
}

/** How many stored messages the reply may carry; the others follow it (DIFFERENCES 13). */
function fitting({ dialect }: Chat, empty: number, offlinemsg: readonly string[], limit: number): number {
  const { storedCost, storedFrame } = dialect.replies;
  let size = empty + storedFrame;
  const count = offlinemsg.findIndex((text) => {
    size += storedCost(text);
    return size > limit;
  });
  return count < 0 ? offlinemsg.length : count;
}

/** The lists that the login reply itself has, as much of them as the client can read at once (DIFFERENCES 22). */
function listsInside(
  { dialect: { replies }, shortener }: Chat,
  { offlinemsg: _, friends, groups, ...rest }: Welcome,
  message: Message,
  room: number | undefined,
): Lists {
  const lists = {
    ...(friends && !replies.has('friendsAfterLogin') && { friends }),
    ...(groups && !replies.has('groupsAfterLogin') && { groups }),
  };
  const sizeOf = (some: Lists) =>
    replies.write('login', 'ok', { ...rest, ...some, offlinemsg: [] }, message)?.length ?? 0;
  return room === undefined ? lists : shortener.shorten(rest.id ?? 0, lists, sizeOf, room);
}

/** A list that has a reply of its own, where the dialect has one. */
function listBehind(
  { dialect: { replies }, shortener }: Chat,
  id: number,
  reply: 'friendsAfterLogin' | 'groupsAfterLogin',
  lists: Lists,
  room: number | undefined,
): Piece[] {
  const write = (some: Lists) => replies.write(reply, 'ok', some);
  const sizeOf = (some: Lists) => write(some)?.length ?? 0;
  const bytes = replies.has(reply)
    ? write(room === undefined ? lists : shortener.shorten(id, lists, sizeOf, room))
    : undefined;
  return bytes === undefined ? [] : [{ bytes, texts: [], isReply: true }];
}
