import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';

/** The verbs about accounts that the original and its forks have. */
export const accountVerbs = {
  register,
  refresh,
};

/** Registration (PROTOCOL.md section 5, DIFFERENCES 16). */
async function register(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = await chat.store.register(message.text('name'), message.text('password'));
  if (id === undefined) answer(chat, connection, message, 'register', 'refused');
  else answer(chat, connection, message, 'register', 'ok', { id });
}

/** Answers as to a login, without stored messages: the sender has had them. */
async function refresh(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const { store } = chat;
  const id = senderOf(chat, connection, message);
  const [user, friends, groups] = await Promise.all([store.user(id), store.friends(id), store.groups(id)]);
  answer(chat, connection, message, 'refresh', 'ok', { id, name: user?.name ?? '', friends, groups });
}
