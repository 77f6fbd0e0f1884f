import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { Chat } from './chat.js';
import { Refused, senderOf } from './identity.js';

/**
 * Group chat (PROTOCOL.md section 5): to every member but the sender, each once (DIFFERENCES 14), and from
 * members only (DIFFERENCES 3).
 */
export async function groupChat(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const sender = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  const bytes = message.relay();
  const members = await chat.store.members(groupid);
  if (!chat.options.trustClientIds && !members.some(({ id }) => id === sender))
    throw new Refused('not a member');
  const others = members.filter(({ id }) => id !== sender);
  const work = chat.delivery.deliverAll(others, bytes);
  if (work !== undefined) await connection.overlap(work);
}
