import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { answer, wantsAnswer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { idAskedFor } from './name.js';
import { Refused } from './refused.js';

/** Why what is right is not stored. */
const KEPT_OUT = 'a key of the table keeps it out';

/** Stores a friendship, one way; no reply (PROTOCOL.md section 5). Dialects know both ways, and replies. */
export async function addFriend(chat: Chat, connection: Connection, message: Message, request: Request) {
  const id = senderOf(chat, connection, message);
  const friendid = request.byName
    ? await idAskedFor(chat, connection, id, message.text('friendname'))
    : message.int('friendid');
  if (friendid === undefined) throw new Refused('nobody has that name');
  const wanted = { userid: id, kind: 'friends', id: friendid } as const;
  await chat.holdings.check(connection, wanted, chat.store.friends);
  if (wantsAnswer(message) && (await chat.store.existing([friendid])).length === 0)
    throw new Refused('no such user');
  const isStored = await befriend(chat, id, friendid, friendid);
  answer(chat, connection, message, request.verb, isStored ? 'ok' : 'refused', { reason: KEPT_OUT });
  if (!isStored) return;
  chat.holdings.added(connection, wanted);
  if (request.relayed)
    await chat.delivery.deliver(friendid, message.relay(request.change), connection.account);
}

/**
 * Stores a friendship, in both directions if the dialect wants it so. False when the database refuses it. Rejects with
 * Refused when others have filled their part of the list of the one who is not asked.
 *
 * @param other the one of the two who did not send the message
 */
export async function befriend(chat: Chat, id: number, friendid: number, other: number): Promise<boolean> {
  const { dialect, store, holdings } = chat;
  if (!dialect.friendBothWays) return store.addFriend(id, friendid);
  const sender = other === id ? friendid : id;
  return holdings.giveFriend(other, sender, store.friends, async () => {
    return (await store.addFriend(id, friendid)) && (await store.addFriend(friendid, id));
  });
}
