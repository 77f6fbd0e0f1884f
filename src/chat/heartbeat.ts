import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';

/** A client asks whether the server is still there; it need not be logged in. */
export function heartbeat(chat: Chat, connection: Connection, message: Message): void {
  chat.heartbeats.add(connection);
  answer(chat, connection, message, 'heartbeat', 'ok');
}
