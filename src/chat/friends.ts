import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { answer, wantsAnswer } from './answer.js';
import type { Chat } from './chat.js';
import { agreeOn, idAskedFor, senderOf } from './identity.js';
import { agreeTo, askFriend } from './more/friends.js';
import { Refused } from './refused.js';

/** The verbs about friends that the original and its forks have. */
export const friendVerbs = {
  addFriend,
  friendAgree: agree,
  friendList,
};

/** The reason for a friendship that the database does not take. */
const KEPT_OUT = 'a key of the table keeps it out';

/** Stores a friendship, one way; no reply (PROTOCOL.md section 5). Dialects know both ways, and replies. */
async function addFriend(chat: Chat, connection: Connection, message: Message, request: Request) {
  const id = senderOf(chat, connection, message);
  const friendid = request.byName
    ? await idAskedFor(chat, connection, id, message.text('friendname'))
    : message.int('friendid');
  if (friendid === undefined) throw new Refused('nobody has that name');
  const wanted = { userid: id, kind: 'friends', id: friendid } as const;
  await chat.holdings.check(connection, wanted, chat.store.friends);
  if (wantsAnswer(message) && (await chat.store.existing([friendid])).length === 0)
    throw new Refused('no such user');
  const { friendRequests } = chat.options;
  if (friendRequests) await askFriend(chat, connection, id, friendid);
  const isStored = friendRequests || (await befriend(chat, id, friendid, friendid));
  answer(chat, connection, message, request.verb, isStored ? 'ok' : 'refused', { reason: KEPT_OUT });
  if (!isStored) return;
  if (!friendRequests) chat.holdings.added(connection, wanted);
  chat.friendWatch.change(chat.presence.get(id));
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

/**
 * The answer to a request for friendship: `friendid` becomes a friend of `id`. Whoever of the two was asked
 * sends it; so one of them must be logged in on this connection (DIFFERENCES 3).
 */
async function agree(chat: Chat, connection: Connection, message: Message, request: Request) {
  const friendid = message.int('friendid');
  const isAsked = connection.users.has(friendid) && message.has('id');
  const id = isAsked ? message.int('id') : senderOf(chat, connection, message);
  if (isAsked && !chat.options.trustClientIds) agreeOn(message, id, ['id']);
  if (id === friendid) throw new Refused('a friendship with oneself');
  const [userid, other] = isAsked ? [friendid, id] : [id, friendid];
  const wanted = { userid, kind: 'friends', id: other } as const;
  const { friendRequests } = chat.options;
  if (friendRequests) await agreeTo(chat, connection, userid, other);
  else await chat.holdings.check(connection, wanted, chat.store.friends);
  const isStored = friendRequests || (await befriend(chat, id, friendid, other));
  answer(chat, connection, message, request.verb, isStored ? 'ok' : 'refused');
  if (!isStored) return;
  if (!friendRequests) chat.holdings.added(connection, wanted);
  for (const each of [id, friendid]) chat.friendWatch.change(chat.presence.get(each));
  if (request.relayed)
    await chat.delivery.deliver(isAsked ? id : friendid, message.relay(request.change), connection.account);
}

/** Answers with the sender's friends. */
async function friendList(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const friends = await chat.store.friends(senderOf(chat, connection, message));
  answer(chat, connection, message, 'friendList', 'ok', { friends });
}
