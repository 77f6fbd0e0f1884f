import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer, wantsAnswer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { Refused } from './refused.js';

/** Makes the sender a member of a group; no reply (PROTOCOL.md section 5), but in some dialects. */
export async function addGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  const wanted = { userid: id, kind: 'groups', id: groupid } as const;
  await chat.holdings.check(connection, wanted, chat.store.groups);
  await checkRoom(chat, id, groupid);
  if (wantsAnswer(message) && (await chat.store.group(groupid)) === undefined)
    throw new Refused('no such group');
  const isStored = await chat.store.addGroup(id, groupid);
  if (isStored) chat.holdings.added(connection, wanted);
  answer(chat, connection, message, 'joinGroup', isStored ? 'ok' : 'refused', {
    reason: 'a key of the table keeps it out',
  });
}

/** Each message to a group goes to all its members. Rejects with Refused when it has as many as it may have. */
async function checkRoom({ store, options }: Chat, id: number, groupid: number): Promise<void> {
  const limit = options.most.members;
  if (limit === 0) return;
  const members = await store.memberIds(groupid);
  if (members.length >= limit && !members.some((member) => member.id === id))
    throw new Refused('too many members');
}
