import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { REG_REFUSED, REG_UNAVAILABLE, registered } from '../protocol/replies.js';
import { StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';

/** Registration (PROTOCOL.md section 5, DIFFERENCES 16). */
export async function register(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const name = message.text('name');
  const password = message.text('password');
  try {
    const id = await chat.store.register(name, password);
    connection.reply(id === undefined ? REG_REFUSED : registered(id));
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    connection.reply(REG_UNAVAILABLE);
  }
}
