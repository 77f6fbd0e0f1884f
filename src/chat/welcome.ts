import type { Connection } from '../net/connection.js';
import { type LoginReply, loggedIn, OFFLINEMSG_FRAME, offlinemsgCost } from '../protocol/replies.js';
import type { User } from '../store/store.js';
import type { Chat } from './chat.js';
import { leave } from './leave.js';
import { handOver, type Parcel, singly } from './stored.js';

export interface Welcome {
  readonly handedOver?: Promise<void>;
}

/**
 * Sends the login reply to a user who has just come online, with friends, groups and stored messages, and
 * from then on everything else.
 *
 * @returns when the reply carries all stored messages: a promise for when they are deleted
 */
export async function welcome(chat: Chat, connection: Connection, user: User): Promise<Welcome> {
  const { id, name } = user;
  const { sessions, store } = chat;
  const [offlinemsg, friends, groups] = await Promise.all([
    store.storedMessages(id),
    store.friends(id),
    store.groups(id),
  ]);
  const parcels = pack({ id, name, friends, groups, offlinemsg }, chat.options.maxLoginReply);
  const handedOver = handOver(chat, connection, id, parcels);
  sessions.handOver(id, handedOver);
  for (const arrival of sessions.settle(id, connection)) chat.delivery.receive(id, arrival);
  if (connection.ended) void leave(chat, id);
  return parcels.length === 1 ? { handedOver } : {};
}

/** The reply with as many stored messages as it may carry; the others follow it (DIFFERENCES 13). */
function pack(reply: LoginReply, limit: number): Parcel[] {
  let size = loggedIn({ ...reply, offlinemsg: [] }).length + OFFLINEMSG_FRAME;
  let count = 0;
  for (const text of reply.offlinemsg) {
    size += offlinemsgCost(text);
    if (size > limit) break;
    count++;
  }
  const offlinemsg = reply.offlinemsg.slice(0, count);
  const bytes = loggedIn({ ...reply, offlinemsg });
  return [{ bytes, texts: offlinemsg }, ...singly(reply.offlinemsg.slice(count))];
}
