import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { befriend } from './add-friend.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { agreeOn, senderOf } from './identity.js';
import { Refused } from './refused.js';

/**
 * The answer to a request for friendship: `friendid` becomes a friend of `id`. Whoever of the two was asked
 * sends it; so one of them must be logged in on this connection (DIFFERENCES 3).
 */
export async function agree(chat: Chat, connection: Connection, message: Message, request: Request) {
  const friendid = message.int('friendid');
  const isAsked = connection.users.has(friendid) && message.has('id');
  const id = isAsked ? message.int('id') : senderOf(chat, connection, message);
  if (isAsked && !chat.options.trustClientIds) agreeOn(message, id, ['id']);
  if (id === friendid) throw new Refused('a friendship with oneself');
  const [userid, other] = isAsked ? [friendid, id] : [id, friendid];
  const wanted = { userid, kind: 'friends', id: other } as const;
  await chat.holdings.check(connection, wanted, chat.store.friends);
  const isStored = await befriend(chat, id, friendid, other);
  answer(chat, connection, message, request.verb, isStored ? 'ok' : 'refused');
  if (!isStored) return;
  chat.holdings.added(connection, wanted);
  if (request.relayed)
    await chat.delivery.deliver(isAsked ? id : friendid, message.relay(request.change), connection.account);
}
