import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { StoreUnavailable, type User } from '../store/store.js';
import { answer } from './answer.js';
import { arrive, goAgain } from './arrive.js';
import type { Attempt } from './attempts.js';
import type { Chat } from './chat.js';
import { mayLogIn } from './decide.js';
import { samePassword } from './password.js';
import { takeOver } from './takeover.js';
import { welcome } from './welcome.js';

/** The account is logged in elsewhere. */
const IN_USE = Symbol('in use');

/**
 * Login (PROTOCOL.md section 5; DIFFERENCES 4, 8, 10, 13, 16). As in the original, what was stored and is in the
 * reply is deleted before the next message is handled; what follows the reply nobody waits for.
 */
export async function login(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
): Promise<void> {
  const account = request.byName ? message.text('name') : message.int('id');
  const password = message.text('password');
  // An account has one id, and many spellings of its name: guesses count for the account.
  const id = typeof account === 'number' ? account : await chat.store.idOf(account);
  const attempt = chat.attempts.begin(connection, id ?? account);
  try {
    if (attempt.wait > 0) await delay(attempt.wait, undefined, { ref: false });
    const welcomed = await arriveHere(chat, { connection, message, attempt, id, password });
    attempt.end();
    await welcomed?.replied;
  } finally {
    attempt.end();
  }
}

/** A login that is looked at. */
interface Login {
  readonly connection: Connection;
  readonly message: Message;
  readonly attempt: Attempt;
  /** The account's id; undefined when there is none of the name. */
  readonly id: number | undefined;
  readonly password: string;
}

/** In the user's turn; once more when it could be taken over from where it was. */
async function arriveHere(
  chat: Chat,
  login: Login,
): Promise<{ readonly replied: Promise<void> } | undefined> {
  const { connection, message, id } = login;
  if (id === undefined) return refuseGuess(chat, login);
  const inTurn = () => chat.presence.oneAtATime(id, () => enter(chat, login, id));
  let entered = await inTurn();
  if (entered === IN_USE && (await takeOver(chat, connection, id))) entered = await inTurn();
  if (entered !== IN_USE) return entered ?? undefined;
  answer(chat, connection, message, 'login', 'inUse');
  return undefined;
}

/** The password is wrong, or there is no such account: nobody learns which. */
function refuseGuess(chat: Chat, { connection, message, attempt }: Login): undefined {
  attempt.fail();
  answer(chat, connection, message, 'login', 'invalid');
}

async function enter(chat: Chat, login: Login, id: number) {
  const { connection, message, attempt, password } = login;
  try {
    const user = await chat.store.user(id);
    const right = samePassword(user?.password ?? '', password);
    if (user === undefined || !(await mayLogIn(chat, user, connection, password, right)))
      return refuseGuess(chat, login);
    attempt.succeed();
    // To her it is in use, and only to who has the password: not wrong, so that nobody looks for another one.
    if (chat.bans.has(id)) return void answer(chat, connection, message, 'login', 'inUse');
    if (!(await arrive(chat, user))) return IN_USE;
    return await welcomeOrDepart(chat, connection, message, user);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    answer(chat, connection, message, 'login', 'unavailable');
  }
}

async function welcomeOrDepart(chat: Chat, connection: Connection, message: Message, user: User) {
  try {
    const welcomed = await welcome(chat, connection, message, user);
    // A user who is banned while it arrives is not among those whose connections are ended: this one is ended here.
    if (chat.bans.has(user.id)) connection.finish('kicked');
    return welcomed;
  } catch (error) {
    await goAgain(chat, user.id);
    throw error;
  }
}
