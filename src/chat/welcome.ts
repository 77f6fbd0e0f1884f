import type { Session } from '../delivery/session.js';
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
 * @param session the user's, who is arriving
 * @returns a promise for when the reply has left, and the stored messages that came with it are deleted
 */
export async function welcome(
  chat: Chat,
  connection: Connection,
  message: Message,
  { id, name }: User,
  session: Session,
): Promise<{ readonly replied: Promise<void> }> {
  const { store } = chat;
  const { room } = connection;
  const [offlinemsg, friends, groups] = await Promise.all([
    readStored(chat, session),
    store.friends(id),
    groupsFor(chat, id, room),
  ]);
  if (groups.length > 0) await chat.shortener.ownTurn();
  const pieces = pack(chat, { id, name, friends, groups, offlinemsg }, message, room);
  const end = pieces.findLastIndex(({ isReply }) => isReply) + 1;
  const replied = handOver(chat, connection, session, pieces.slice(0, end));
  const others = pieces.slice(end);
  const handedOver =
    others.length > 0 ? replied.then(() => handOver(chat, connection, session, others)) : replied;
  introduce(connection, id, name);
  chat.holdings.note(connection, id, { friends: friends.length, groups: groups.length });
  session.enter(connection, catchUp.bind(undefined, chat));
  chat.log.debug({ userid: id, address: connection.address }, 'a user is here');
  chat.program?.loggedIn?.(userOf(connection, id));
  // From now on the user gets everything else, behind the messages that are being handed over to it.
  catchUp(chat, session, offlinemsg.length > 0 ? handedOver : undefined);
  if (connection.ended) leaveSoon(chat, id);
  return { replied };
}

/** The answer to a login, with lists and stored messages. */
type Welcome = Values & { readonly offlinemsg: readonly string[] };

/**
 * The reply to a login and the pieces that come with it, in the order of the dialect.
 *
 * @param room how long a reply may be so that its client can read it, in bytes; undefined for no limit
 */
export function pack(chat: Chat, welcome: Welcome, message: Message, room: number | undefined): Piece[] {
  const { dialect, shortener } = chat;
  const { replies } = dialect;
  const { offlinemsg, friends = [], groups = [], ...rest } = welcome;
  const isBehind = { friends: replies.has('friendsAfterLogin'), groups: replies.has('groupsAfterLogin') };
  /** As much of the lists as the client can read at once (DIFFERENCES 22). */
  const readable = (lists: Lists, write: (some: Lists) => Buffer | undefined): Lists =>
    room === undefined
      ? lists
      : shortener.shorten(rest.id ?? 0, lists, (some) => write(some)?.length ?? 0, room);
  const inside = readable(
    { ...(!isBehind.friends && { friends }), ...(!isBehind.groups && { groups }) },
    (some) => replies.write('login', 'ok', { ...rest, ...some, offlinemsg: [] }, message),
  );
  const reply = (stored: readonly string[]): Piece => {
    const bytes = replies.write('login', 'ok', { ...rest, ...inside, offlinemsg: stored }, message);
    return { bytes: bytes ?? Buffer.alloc(0), texts: stored, isReply: true };
  };
  const behind = (name: 'friendsAfterLogin' | 'groupsAfterLogin', lists: Lists): Piece[] => {
    const write = (some: Lists) => replies.write(name, 'ok', some);
    const bytes = write(readable(lists, write));
    return bytes === undefined ? [] : [{ bytes, texts: [], isReply: true }];
  };
  const lists = [
    ...(isBehind.friends ? behind('friendsAfterLogin', { friends }) : []),
    ...(isBehind.groups ? behind('groupsAfterLogin', { groups }) : []),
  ];
  const empty = reply([]);
  if (offlinemsg.length === 0) return [empty, ...lists];
  if (dialect.stored === 'before') return [...singly(offlinemsg), empty, ...lists];
  if (dialect.stored === 'after') return [empty, ...lists, ...singly(offlinemsg)];
  // The others follow it (DIFFERENCES 13).
  const most = room ?? LIMITS.maxLoginReply;
  const count = replies.storedThatFit(offlinemsg, empty.bytes.length, most);
  return [reply(offlinemsg.slice(0, count)), ...lists, ...singly(offlinemsg.slice(count))];
}

/**
 * The groups of a user, with at most as many members as its reply can list; with none where not even the groups fit.
 * Without this bound each login of a member of large groups would read thousands of members that are not sent.
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
