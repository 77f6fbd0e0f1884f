import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';

/** Registration (PROTOCOL.md section 5, DIFFERENCES 16). */
export async function register(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = await chat.store.register(message.text('name'), message.text('password'));
  if (id === undefined) answer(chat, connection, message, 'register', 'refused');
  else answer(chat, connection, message, 'register', 'ok', { id });
}
