import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import { unexpected } from '../net/guard.js';
import type { Message } from '../protocol/message.js';
import type { User } from '../store/store.js';
import type { Chat } from './chat.js';
import { intOf, senderOf } from './identity.js';
import { type Decision, type Program, Undecided } from './program.js';
import { Refused } from './refused.js';

/** Whether somebody who knows this password may log in to this account. Rejects with Undecided. */
export async function mayLogIn(
  { program }: Chat,
  { id, name }: User,
  { address }: Connection,
  password: string,
  isRight: boolean,
): Promise<boolean> {
  const ask = program?.authenticate;
  if (program === undefined || ask === undefined) return isRight;
  return (await decided('authenticate', program, () => ask({ id, name, address, password }))) ?? isRight;
}

/** Rejects with Refused when the program does not allow a message, with Undecided when it does not say. */
export async function checkAllowed(
  chat: Chat,
  program: Program,
  connection: Connection,
  message: Message,
): Promise<void> {
  const { allow } = program;
  if (allow === undefined) return;
  const isTrusted = chat.options.trustClientIds;
  const from = isTrusted ? intOf(message, 'id') : senderOf(chat, connection, message);
  const [to, group] = [intOf(message, 'toid'), intOf(message, 'groupid')];
  const wanted = { from, to, group, json: message.relay(undefined).toString() };
  if ((await decided('allow', program, () => allow(wanted))) !== true)
    throw new Refused('the program does not allow it');
}

/** What the program decides. It may throw, or never answer: that costs what it was asked about, and nothing else. */
async function decided<T>(what: string, { patience }: Program, decide: () => Decision<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(patience, undefined, { ref: false, signal: timer.signal }).then(() => {
    throw new Undecided(`${what} has not answered within ${patience} ms`);
  });
  try {
    return await Promise.race([Promise.resolve().then(decide), late]);
  } catch (error) {
    unexpected(error, what);
    throw new Undecided('the program has not decided');
  } finally {
    late.catch(() => {});
    timer.abort();
  }
}
