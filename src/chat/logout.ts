import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { leave } from './leave.js';

/** Logout: the user leaves, the connection stays (PROTOCOL.md section 5). No reply, but in some dialects. */
export async function logout(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  await leave(chat, id);
  answer(chat, connection, message, 'logout', 'ok');
}
