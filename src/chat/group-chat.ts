import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import type { Member } from '../store/store.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { Refused, senderOf } from './identity.js';
import { untilThere } from './until-there.js';

/**
 * Group chat (PROTOCOL.md section 5): to every member but the sender, each once (DIFFERENCES 14), and from
 * members only (DIFFERENCES 3). While the database is away nobody knows the members: the sender waits.
 * No reply, but in some dialects.
 */
export async function groupChat(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
): Promise<void> {
  const sender = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  const bytes = message.relay(request.change);
  const others = await untilThere(() => othersIn(chat, groupid, sender), chat.stopping);
  const room = chat.delivery.deliverAll(others, bytes, connection.charge);
  answer(chat, connection, message, 'groupChat', 'ok');
  await room;
}

async function othersIn(chat: Chat, groupid: number, sender: number): Promise<Member[]> {
  const members = await chat.store.members(groupid);
  if (!chat.options.trustClientIds && !members.some(({ id }) => id === sender))
    throw new Refused('not a member');
  return members.filter(({ id }) => id !== sender);
}
