import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer, wantsAnswer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { Refused } from './refused.js';

/** The verbs about groups that the original and its forks have. */
export const groupVerbs = {
  createGroup,
  joinGroup: addGroup,
  groupList,
};

/** Creates a group with the sender as its creator; no reply (PROTOCOL.md section 5), but in some dialects. */
async function createGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
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

/** Makes the sender a member of a group; no reply (PROTOCOL.md section 5), but in some dialects. */
async function addGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
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

/** Answers with the sender's groups. */
async function groupList(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const groups = await chat.store.groups(senderOf(chat, connection, message));
  answer(chat, connection, message, 'groupList', 'ok', { groups });
}
