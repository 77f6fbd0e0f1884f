import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';

/**
 * One-to-one chat (PROTOCOL.md section 5). Nothing is waited for when the user is here; else later
 * messages of the sender go on meanwhile, in order.
 */
export function oneChat(chat: Chat, connection: Connection, message: Message): void | Promise<void> {
  const toid = message.int('toid');
  // The original reads no sender here: a trusted client need not send one.
  if (!chat.options.trustClientIds) senderOf(chat, connection, message);
  const work = chat.delivery.deliver(toid, message.relay());
  if (work !== undefined) return connection.overlap(work);
}
