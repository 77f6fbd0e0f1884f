import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { checkCreator } from './membership.js';
import { Refused } from './refused.js';

/** Gives a group another name; only its creator may. The others see it at their next login. */
export async function renameGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  const groupname = message.text('groupname');
  if (groupname === '') throw new Refused('an empty name');
  await checkCreator(chat, groupid, id);
  if (!(await chat.store.renameGroup(groupid, groupname))) throw new Refused('the name is taken or too long');
  answer(chat, connection, message, 'renameGroup', 'ok', { groupid });
}
