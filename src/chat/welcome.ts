import type { Session } from '../delivery/session.js';
import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { User } from '../store/store.js';
import { catchUp, readStored } from './catch-up.js';
import type { Chat } from './chat.js';
import { handOver } from './hand-over.js';
import { introduce, userOf } from './identity.js';
import { leaveSoon } from './leave.js';
import { groupsFor, pack } from './pack.js';

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
  enter(chat, connection, session, offlinemsg.length > 0 ? handedOver : undefined);
  return { replied };
}

/** From now on the user gets everything else, behind what is handed over to it. */
function enter(chat: Chat, connection: Connection, session: Session, handedOver: Promise<void> | undefined) {
  session.enter(connection, (behind) => catchUp(chat, behind));
  chat.log.debug({ userid: session.id, address: connection.address }, 'a user is here');
  chat.program?.loggedIn?.(userOf(connection, session.id));
  catchUp(chat, session, handedOver);
  if (connection.ended) leaveSoon(chat, session.id);
}
