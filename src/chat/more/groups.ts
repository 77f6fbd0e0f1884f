import type { Connection } from '../../net/connection.js';
import type { Message } from '../../protocol/message.js';
import { saidInGroup } from '../../protocol/said.js';
import { answer } from '../answer.js';
import type { Chat } from '../chat.js';
import { nameOf, userWhoSent } from '../identity.js';
import { Refused } from '../refused.js';

/** The verbs about groups that the original does not have. */
export const groupVerbs = {
  leaveGroup,
  renameGroup,
  dissolveGroup,
  memberList,
};

/** The sender is no member any more. A creator cannot leave: nobody could dissolve the group then. */
async function leaveGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = userWhoSent(chat, connection, message);
  const groupid = message.int('groupid');
  if ((await roleOf(chat, groupid, id)) === 'creator')
    throw new Refused('the creator of a group cannot leave it, only dissolve it');
  if (!(await chat.store.removeMember(groupid, id))) throw new Refused('not a member');
  chat.holdings.removed(connection, { userid: id, kind: 'groups', id: groupid });
  answer(chat, connection, message, 'leaveGroup', 'ok', { groupid });
}

/** Gives a group another name; only its creator may. The others see it at their next login. */
async function renameGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = userWhoSent(chat, connection, message);
  const groupid = message.int('groupid');
  const groupname = message.text('groupname');
  if (groupname === '') throw new Refused('an empty name');
  await checkCreator(chat, groupid, id);
  if (!(await chat.store.renameGroup(groupid, groupname))) throw new Refused('the name is taken or too long');
  answer(chat, connection, message, 'renameGroup', 'ok', { groupid });
}

/** The message to the members. Clients of every kind show it, and most of their users read Chinese. */
const DISSOLVED = 'this group has been dissolved. 此群已解散。';

/**
 * Removes a group and all its memberships; only its creator may. The members are told by a message of the creator to the
 * group: a member who is away gets it at its next login, and every client can show it.
 */
async function dissolveGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const { store, delivery, dialect, holdings } = chat;
  const id = userWhoSent(chat, connection, message);
  const groupid = message.int('groupid');
  await checkCreator(chat, groupid, id);
  const states = new Map((await store.members(groupid)).map((member) => [member.id, member]));
  const removed = await store.removeGroup(groupid);
  holdings.removed(connection, { userid: id, kind: 'groups', id: groupid });
  // The state of a member who has just joined is not known. It is looked for as if it were online: if it is not, its
  // message is stored.
  const others = removed
    .filter((member) => member.id !== id)
    .map((member) => states.get(member.id) ?? { id: member.id, state: 'online' as const });
  const from = { id, name: nameOf(connection, id) ?? '' };
  await delivery.deliverToAll(others, saidInGroup(dialect, groupid, from, DISSOLVED), connection.account);
  answer(chat, connection, message, 'dissolveGroup', 'ok', { groupid });
  await connection.account.backpressure();
}

/** Answers with one group and its members, as a login lists them; for members only. */
async function memberList(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = userWhoSent(chat, connection, message);
  const groupid = message.int('groupid');
  await roleOf(chat, groupid, id);
  const group = await chat.store.group(groupid);
  if (group === undefined) throw new Refused('no such group');
  answer(chat, connection, message, 'memberList', 'ok', { groups: [group] });
}

/** The role of a user in a group, `creator` or `normal`. Rejects with Refused when it is no member. */
export async function roleOf({ store }: Chat, groupid: number, userid: number): Promise<string> {
  const role = await store.roleIn(groupid, userid);
  if (role === undefined) throw new Refused('not a member');
  return role;
}

/** Rejects with Refused unless the user has made the group. */
async function checkCreator(chat: Chat, groupid: number, userid: number): Promise<void> {
  if ((await roleOf(chat, groupid, userid)) !== 'creator') throw new Refused('not the creator of the group');
}
