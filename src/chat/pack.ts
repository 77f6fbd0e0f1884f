import { LIMITS } from '../limits.js';
import type { Dialect } from '../protocol/dialect.js';
import { type Lists, mostItems } from '../protocol/fit.js';
import type { Message } from '../protocol/message.js';
import type { Values } from '../protocol/replies.js';
import type { Reply } from '../protocol/verbs.js';
import type { Group } from '../store/store.js';
import type { Chat } from './chat.js';
import { type Piece, singly } from './hand-over.js';

/** What a login is answered with, lists and stored messages included. */
type Welcome = Values & { readonly offlinemsg: readonly string[] };

/**
 * The reply to a login and what comes with it, in the order of the dialect.
 *
 * @param room how long a reply may be so that its client can read it, in bytes; undefined for no limit
 */
export function pack(chat: Chat, welcome: Welcome, message: Message, room: number | undefined): Piece[] {
  const { dialect } = chat;
  const { offlinemsg, ...rest } = shortened(chat, withoutOwnReplies(chat, welcome), message, room);
  const reply = (stored: readonly string[]): Piece => {
    const bytes = dialect.replies.write('login', 'ok', { ...rest, offlinemsg: stored }, message);
    return { bytes: bytes ?? Buffer.alloc(0), texts: stored, isReply: true };
  };
  const lists = ownReplies(chat, welcome, room);
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

/** The lists that the client can read at once (DIFFERENCES 22). */
function shortened(
  { dialect, shortener }: Chat,
  welcome: Welcome,
  message: Message,
  room: number | undefined,
): Welcome {
  const { offlinemsg, friends, groups, ...rest } = welcome;
  const sizeOf = (lists: Lists) =>
    dialect.replies.write('login', 'ok', { ...rest, ...lists, offlinemsg: [] }, message)?.length ?? 0;
  const lists = { ...(friends && { friends }), ...(groups && { groups }) };
  return { ...rest, offlinemsg, ...shortener.shorten(rest.id ?? 0, lists, sizeOf, room) };
}

function withoutOwnReplies({ dialect: { replies } }: Chat, welcome: Welcome): Welcome {
  const { friends, groups, ...rest } = welcome;
  return {
    ...rest,
    ...(friends && !replies.has('friendsAfterLogin') && { friends }),
    ...(groups && !replies.has('groupsAfterLogin') && { groups }),
  };
}

/** The lists that have replies of their own. */
function ownReplies(
  chat: Chat,
  { id = 0, friends = [], groups = [] }: Welcome,
  room: number | undefined,
): Piece[] {
  return [
    ...own(chat, id, 'friendsAfterLogin', { friends }, room),
    ...own(chat, id, 'groupsAfterLogin', { groups }, room),
  ];
}

function own(
  { dialect, shortener }: Chat,
  id: number,
  reply: Reply,
  lists: Lists,
  room: number | undefined,
): Piece[] {
  const write = (some: Lists) => dialect.replies.write(reply, 'ok', some);
  const bytes = write(shortener.shorten(id, lists, (some) => write(some)?.length ?? 0, room));
  return bytes === undefined ? [] : [{ bytes, texts: [], isReply: true }];
}
