import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { leave } from './leave.js';

/** Logout: the user leaves, the connection stays (PROTOCOL.md section 5). */
export function logout(chat: Chat, connection: Connection, message: Message): Promise<void> {
  return leave(chat, senderOf(chat, connection, message));
}
