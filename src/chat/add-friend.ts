import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';

/** Stores a friendship, one way; no reply (PROTOCOL.md section 5). */
export function addFriend(chat: Chat, connection: Connection, message: Message): Promise<void> {
  return chat.store.addFriend(senderOf(chat, connection, message), message.int('friendid'));
}
