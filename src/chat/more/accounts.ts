import type { Connection } from '../../net/connection.js';
import type { Message } from '../../protocol/message.js';
import { answer } from '../answer.js';
import { type Attempt, samePassword } from '../attempts.js';
import type { Chat } from '../chat.js';
import { idAskedFor, intOf, userWhoSent } from '../identity.js';
import { Refused } from '../refused.js';

/** The verbs about accounts that the original does not have. */
export const accountVerbs = {
  lookUp,
  changePassword,
};

/**
 * Gives the sender's account another password. Somebody at a client that was left logged in does not know the old
 * one, and guesses at it are held back as logins are.
 */
async function changePassword(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = userWhoSent(chat, connection, message);
  const [old, wanted] = [message.text('password'), message.text('newpassword')];
  if (wanted === '') throw new Refused('an empty password');
  await chat.attempts.guess(connection, id, async (attempt) => {
    if (!(await isRight(chat, attempt, id, old)))
      return answer(chat, connection, message, 'changePassword', 'invalid');
    if (!(await chat.store.setPassword(id, wanted)))
      throw new Refused('the new password is too long, or the database cannot hold it');
    answer(chat, connection, message, 'changePassword', 'ok', { id });
  });
}

async function isRight({ store }: Chat, attempt: Attempt, id: number, given: string): Promise<boolean> {
  const user = await store.user(id);
  const right = user !== undefined && samePassword(user.password, given);
  if (right) attempt.succeed();
  else attempt.fail();
  return right;
}

/**
 * Answers who somebody is: the account of the id in `toid`, or of exactly the name in `toname`; without both, the
 * sender's own.
 */
async function lookUp(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const self = userWhoSent(chat, connection, message);
  const id = await idMeant(chat, connection, message, self);
  const user = id === undefined ? undefined : await chat.store.user(id);
  if (user === undefined) throw new Refused('no such user');
  const { name, state } = user;
  answer(chat, connection, message, 'lookUp', 'ok', { id: user.id, name, state });
}

/**
 * An id counts before a name: a client that sends both is sure of the id. Where a dialect has one field for both, a
 * text in it is the name.
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
