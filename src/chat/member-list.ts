import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { roleOf } from './membership.js';
import { Refused } from './refused.js';

/** Answers with one group and its members, as a login lists them; for members only. */
export async function memberList(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  await roleOf(chat, groupid, id);
  const group = await chat.store.group(groupid);
  if (group === undefined) throw new Refused('no such group');
  answer(chat, connection, message, 'memberList', 'ok', { groups: [group] });
}
