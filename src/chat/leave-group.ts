import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { roleOf } from './membership.js';
import { Refused } from './refused.js';

/** The sender is no member any more. A creator cannot leave: nobody could dissolve the group then. */
export async function leaveGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  if ((await roleOf(chat, groupid, id)) === 'creator')
    throw new Refused('the creator of a group cannot leave it, only dissolve it');
  if (!(await chat.store.removeMember(groupid, id))) throw new Refused('not a member');
  chat.holdings.removed(connection, { userid: id, kind: 'groups', id: groupid });
  answer(chat, connection, message, 'leaveGroup', 'ok', { groupid });
}
