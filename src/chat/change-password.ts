import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Attempt } from './attempts.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { samePassword } from './password.js';
import { Refused } from './refused.js';

/**
 * Gives the sender's account another password. Who only found a client that is logged in does not know the old one, and
 * guesses at it are held back as logins are.
 */
export async function changePassword(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  const [old, wanted] = [message.text('password'), message.text('newpassword')];
  if (wanted === '') throw new Refused('an empty password');
  const attempt = chat.attempts.begin(connection, id);
  try {
    if (attempt.wait > 0) await delay(attempt.wait, undefined, { ref: false });
    if (!(await isRight(chat, attempt, id, old)))
      return answer(chat, connection, message, 'changePassword', 'invalid');
    if (!(await chat.store.setPassword(id, wanted)))
      throw new Refused('the new password is too long, or the database cannot hold it');
    answer(chat, connection, message, 'changePassword', 'ok', { id });
  } finally {
    attempt.end();
  }
}

async function isRight({ store }: Chat, attempt: Attempt, id: number, given: string): Promise<boolean> {
  const user = await store.user(id);
  const right = user !== undefined && samePassword(user.password, given);
  if (right) attempt.succeed();
  else attempt.fail();
  return right;
}
