import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';

/** Makes the sender a member of a group; no reply (PROTOCOL.md section 5). */
export function addGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  return chat.store.addGroup(senderOf(chat, connection, message), message.int('groupid'));
}
