import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { Refused } from './refused.js';

/**
 * Answers who somebody is: the account of the id in `toid`, or of exactly the name in `toname`; without both, the
 * sender's own.
 */
export async function lookUp(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const self = senderOf(chat, connection, message);
  const id = await idMeant(chat, message, self);
  const user = id === undefined ? undefined : await chat.store.user(id);
  if (user === undefined) throw new Refused('no such user');
  const { name, state } = user;
  answer(chat, connection, message, 'lookUp', 'ok', { id: user.id, name, state });
}

/** An id counts before a name: a client that sends both is sure of it. */
function idMeant({ store }: Chat, message: Message, self: number): number | Promise<number | undefined> {
  if (message.has('toid')) return message.int('toid');
  return message.hasText('toname') ? store.idOf(message.text('toname')) : self;
}
