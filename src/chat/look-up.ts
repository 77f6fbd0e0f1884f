import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { idAskedFor } from './name.js';
import { intOf } from './parties.js';
import { Refused } from './refused.js';

/**
 * Answers who somebody is: the account of the id in `toid`, or of exactly the name in `toname`; without both, the
 * sender's own.
 */
export async function lookUp(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const self = senderOf(chat, connection, message);
  const id = await idMeant(chat, connection, message, self);
  const user = id === undefined ? undefined : await chat.store.user(id);
  if (user === undefined) throw new Refused('no such user');
  const { name, state } = user;
  answer(chat, connection, message, 'lookUp', 'ok', { id: user.id, name, state });
}

/**
 * An id counts before a name: a client that sends both is sure of it. Where a dialect calls both the same, what is a text
 * is the name.
 */
function idMeant(
  chat: Chat,
  connection: Connection,
  message: Message,
  self: number,
): number | Promise<number | undefined> {
  const { ints, texts } = message.fields;
  const isOne = ints.toid.names.some((name) => texts.toname.names.includes(name));
  const isName = message.hasText('toname') && (!isOne || intOf(message, 'toid') === undefined);
  if (message.has('toid') && !(isOne && isName)) return message.int('toid');
  return isName ? idAskedFor(chat, connection, self, message.text('toname')) : self;
}
