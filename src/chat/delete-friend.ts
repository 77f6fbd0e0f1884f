import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { Refused } from './refused.js';

/**
 * Ends a friendship of the sender, on both sides where the dialect knows both. Asked again after it was done in part, it
 * does the rest.
 */
export async function deleteFriend(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const { store, dialect, holdings } = chat;
  const id = senderOf(chat, connection, message);
  const friendid = message.int('friendid');
  const own = await store.removeFriend(id, friendid);
  const others = dialect.friendBothWays && (await store.removeFriend(friendid, id));
  if (own) holdings.removed(connection, { userid: id, kind: 'friends', id: friendid });
  if (!own && !others) throw new Refused('not a friend');
  answer(chat, connection, message, 'deleteFriend', 'ok');
}
