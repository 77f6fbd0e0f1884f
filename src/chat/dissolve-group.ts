import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { saidInGroup } from '../protocol/said.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { nameOf, senderOf } from './identity.js';
import { checkCreator } from './membership.js';

/** What the members read. Clients of every kind show it, and most of their users read Chinese. */
const DISSOLVED = 'this group has been dissolved. 此群已解散。';

/**
 * Removes a group and all its memberships; only its creator may. The members are told by a message of the creator to the
 * group: who is away gets it at the next login, and every client can show it.
 */
export async function dissolveGroup(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const { store, delivery, dialect, holdings } = chat;
  const id = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  await checkCreator(chat, groupid, id);
  const states = new Map((await store.members(groupid)).map((member) => [member.id, member]));
  const removed = await store.removeGroup(groupid);
  holdings.removed(connection, { userid: id, kind: 'groups', id: groupid });
  // Who has just joined is looked for as if it were online: where it is not, the message is stored.
  const others = removed
    .filter((member) => member.id !== id)
    .map((member) => states.get(member.id) ?? { id: member.id, state: 'online' as const });
  const from = { id, name: nameOf(connection, id) ?? '' };
  delivery.deliverToAll(others, saidInGroup(dialect, groupid, from, DISSOLVED), connection.account);
  answer(chat, connection, message, 'dissolveGroup', 'ok', { groupid });
  await connection.account.backpressure();
}
