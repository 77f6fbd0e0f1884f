import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';

/** Makes the sender a member of a group; no reply (PROTOCOL.md section 5), but in some dialects. */
export async function addGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  chat.holdings.add(connection, id, 'groups');
  const isStored = await chat.store.addGroup(id, groupid);
  answer(chat, connection, message, 'joinGroup', isStored ? 'ok' : 'refused');
}
