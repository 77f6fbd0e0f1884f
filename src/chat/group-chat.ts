import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { type Member, StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';
import { Refused, senderOf } from './identity.js';

/**
 * Group chat (PROTOCOL.md section 5): to every member but the sender, each once (DIFFERENCES 14), and from
 * members only (DIFFERENCES 3). While the database is away nobody knows the members: the message is kept.
 */
export async function groupChat(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const sender = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  const bytes = message.relay();
  const late = async () => chat.delivery.deliverAll(await othersIn(chat, groupid, sender), bytes);
  // Nobody waits for the database again for every message.
  if (chat.debts.owing) return chat.debts.owe(late);
  try {
    const others = await othersIn(chat, groupid, sender);
    // What the sender sent before may yet have to be stored: it comes first.
    await connection.settled();
    const work = chat.delivery.deliverAll(others, bytes);
    if (work !== undefined) await connection.overlap(work);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    chat.debts.owe(late);
  }
}

async function othersIn(chat: Chat, groupid: number, sender: number): Promise<Member[]> {
  const members = await chat.store.members(groupid);
  if (!chat.options.trustClientIds && !members.some(({ id }) => id === sender))
    throw new Refused('not a member');
  return members.filter(({ id }) => id !== sender);
}
