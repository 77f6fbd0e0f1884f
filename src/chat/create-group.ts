import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';

/** Creates a group with the sender as its creator; no reply (PROTOCOL.md section 5), but in some dialects. */
export async function createGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  const wanted = { userid: id, kind: 'groups' } as const;
  chat.hourly.check(id);
  await chat.holdings.check(connection, wanted, chat.store.groups);
  const groupid = await chat.store.createGroup(id, message.text('groupname'), message.text('groupdesc'));
  if (groupid === undefined)
    return answer(chat, connection, message, 'createGroup', 'refused', {
      reason: 'the name is taken or too long',
    });
  chat.hourly.made(id);
  chat.holdings.added(connection, { ...wanted, id: groupid });
  answer(chat, connection, message, 'createGroup', 'ok', { groupid });
}
