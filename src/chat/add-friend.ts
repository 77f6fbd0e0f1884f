import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { userMeant } from './name.js';

/** Stores a friendship, one way; no reply (PROTOCOL.md section 5). Dialects know both ways, and replies. */
export async function addFriend(chat: Chat, connection: Connection, message: Message, request: Request) {
  const id = senderOf(chat, connection, message);
  const friendid = await userMeant(chat, message, request, 'friendid', 'friendname');
  const wanted = { userid: id, kind: 'friends', id: friendid } as const;
  await chat.holdings.check(connection, wanted, chat.store.friends);
  const isStored = await befriend(chat, id, friendid);
  answer(chat, connection, message, request.verb, isStored ? 'ok' : 'refused');
  if (!isStored) return;
  chat.holdings.added(connection, wanted);
  if (request.relayed)
    await chat.delivery.deliver(friendid, message.relay(request.change), connection.charge);
}

/** Stores a friendship, in both directions if the dialect wants it so. False when the database refuses it. */
export async function befriend({ dialect, store }: Chat, id: number, friendid: number): Promise<boolean> {
  const isStored = await store.addFriend(id, friendid);
  return isStored && (!dialect.friendBothWays || (await store.addFriend(friendid, id)));
}
