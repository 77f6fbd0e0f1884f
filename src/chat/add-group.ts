import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';

/** Makes the sender a member of a group; no reply (PROTOCOL.md section 5), but in some dialects. */
export async function addGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const isStored = await chat.store.addGroup(senderOf(chat, connection, message), message.int('groupid'));
  answer(chat, connection, message, 'joinGroup', isStored ? 'ok' : 'refused');
}
