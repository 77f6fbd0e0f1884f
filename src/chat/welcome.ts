import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { User } from '../store/store.js';
import type { Chat } from './chat.js';
import { leave } from './leave.js';
import { pack } from './pack.js';
import { handOver } from './stored.js';

export interface Welcome {
  readonly handedOver?: Promise<void>;
}

/**
 * Sends the login reply to a user who has just come online, with friends, groups and stored messages, and
 * from then on everything else.
 *
 * @returns when the reply carries all stored messages: a promise for when they are deleted
 */
export async function welcome(
  chat: Chat,
  connection: Connection,
  message: Message,
  user: User,
): Promise<Welcome> {
  const { id, name } = user;
  const { sessions, store } = chat;
  const [offlinemsg, friends, groups] = await Promise.all([
    store.storedMessages(id),
    store.friends(id),
    store.groups(id),
  ]);
  const parcels = pack(chat, { id, name, friends, groups, offlinemsg }, message);
  const handedOver = handOver(chat, connection, id, parcels);
  sessions.handOver(id, handedOver);
  for (const arrival of sessions.settle(id, connection)) chat.delivery.receive(id, arrival);
  if (connection.ended) void leave(chat, id);
  return parcels.length === 1 ? { handedOver } : {};
}
