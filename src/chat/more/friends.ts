import type { Connection } from '../../net/connection.js';
import type { Request } from '../../protocol/dialect.js';
import type { Message } from '../../protocol/message.js';
import { answer } from '../answer.js';
import type { Chat } from '../chat.js';
import { oneChat } from '../chatting.js';
import { senderOf, userWhoSent } from '../identity.js';
import { Refused } from '../refused.js';

/** The verbs about friends that the original does not have. */
export const friendVerbs = { deleteFriend };

/** Those that are there with `--friend-requests` only: a friendship is asked for first. */
export const friendRequestVerbs = {
  friendRequests: list,
  acceptFriend: accept,
  refuseFriend: refuse,
};

/**
 * A user asks another one to be friends. If the other one has asked before, both are friends now.
 * Rejects with Refused.
 */
export async function askFriend(
  chat: Chat,
  connection: Connection,
  id: number,
  friendid: number,
): Promise<void> {
  const { store } = chat;
  if (id === friendid) throw new Refused('a friendship with oneself');
  if ((await store.existing([friendid])).length === 0) throw new Refused('no such user');
  if ((await store.friends(id)).some((friend) => friend.id === friendid)) return;
  if (await store.hasAskedFriend(friendid, id)) await agreeTo(chat, connection, id, friendid);
  else if (!(await store.askFriend(id, friendid)))
    throw new Refused('too many requests that nobody has answered');
}

/** The request of dialects that have one: it is noted, and goes on to the user who is asked, as it always does. */
export async function passRequestOn(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
): Promise<void> {
  if (chat.options.friendRequests) {
    const id = senderOf(chat, connection, message);
    const toid = request.byName ? await chat.store.idOf(message.text('toname')) : message.int('toid');
    if (toid === undefined) throw new Refused('nobody has that name');
    await askFriend(chat, connection, id, toid);
  }
  await oneChat(chat, connection, message, request);
}

/** Both become friends, on both sides, as the other one has asked. Rejects with Refused. */
export async function agreeTo(
  chat: Chat,
  connection: Connection,
  id: number,
  friendid: number,
): Promise<void> {
  const { store, holdings, options } = chat;
  if (!(await store.hasAskedFriend(friendid, id))) throw new Refused('nobody has asked for it');
  const wanted = { userid: id, kind: 'friends', id: friendid } as const;
  await holdings.check(connection, wanted, store.friends);
  const limit = options.most.friends;
  if (limit > 0 && (await store.friends(friendid)).length >= limit)
    throw new Refused('the other has too many friends');
  // The request ends last: an interrupted answer can be given again.
  const isStored = (await store.addFriend(friendid, id)) && (await store.addFriend(id, friendid));
  if (!isStored) throw new Refused('a key of the table keeps it out');
  await store.endFriendRequest(friendid, id);
  holdings.added(connection, wanted);
}

/** Answers with those who have asked the sender, and whom it has not answered. */
async function list(chat: Chat, connection: Connection, message: Message): Promise<void> {
  checkThere(chat);
  const friends = await chat.store.friendRequests(userWhoSent(chat, connection, message));
  answer(chat, connection, message, 'friendRequests', 'ok', { friends });
}

async function accept(chat: Chat, connection: Connection, message: Message): Promise<void> {
  checkThere(chat);
  const id = userWhoSent(chat, connection, message);
  const friendid = message.int('friendid');
  await agreeTo(chat, connection, id, friendid);
  answer(chat, connection, message, 'acceptFriend', 'ok');
  // A user of the two who is at another node hears of it from its next login on.
  for (const each of [id, friendid]) chat.friendWatch.change(chat.presence.get(each));
}

/** Refuses a request for friendship. The user who has asked for it is not told. */
async function refuse(chat: Chat, connection: Connection, message: Message): Promise<void> {
  checkThere(chat);
  const id = userWhoSent(chat, connection, message);
  if (!(await chat.store.endFriendRequest(message.int('friendid'), id)))
    throw new Refused('nobody has asked for it');
  answer(chat, connection, message, 'refuseFriend', 'ok');
}

function checkThere({ options }: Chat): void {
  if (!options.friendRequests) throw new Refused('friendship need not be asked for here');
}

/**
 * Ends a friendship of the sender, on both sides where the dialect knows both. Asked again after it was done in part, it
 * does the rest.
 */
async function deleteFriend(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const { store, dialect, holdings } = chat;
  const id = userWhoSent(chat, connection, message);
  const friendid = message.int('friendid');
  const own = await store.removeFriend(id, friendid);
  const others = dialect.friendBothWays && (await store.removeFriend(friendid, id));
  if (own) holdings.removed(connection, { userid: id, kind: 'friends', id: friendid });
  if (!own && !others) throw new Refused('not a friend');
  answer(chat, connection, message, 'deleteFriend', 'ok');
  chat.friendWatch.change(chat.presence.get(id));
}
