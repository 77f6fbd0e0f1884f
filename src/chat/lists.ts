import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';

/** Answers with the sender's friends. */
export async function friendList(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const friends = await chat.store.friends(senderOf(chat, connection, message));
  answer(chat, connection, message, 'friendList', 'ok', { friends });
}

/** Answers with the sender's groups. */
export async function groupList(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const groups = await chat.store.groups(senderOf(chat, connection, message));
  answer(chat, connection, message, 'groupList', 'ok', { groups });
}

/** Answers as to a login, without stored messages: the sender has had them. */
export async function refresh(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const { store } = chat;
  const id = senderOf(chat, connection, message);
  const [user, friends, groups] = await Promise.all([store.user(id), store.friends(id), store.groups(id)]);
  answer(chat, connection, message, 'refresh', 'ok', { id, name: user?.name ?? '', friends, groups });
}
