import type { Session } from '../delivery/session.js';
import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { StoreUnavailable } from '../store/store.js';
import { answer } from './answer.js';
import { arrive, goAgain, takeOver } from './arrive.js';
import { type Attempt, samePassword } from './attempts.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { leave } from './leave.js';
import { isLetIn } from './program.js';
import { welcome } from './welcome.js';

/**
 * At most this many users are logged in on a connection: all of them leave in one turn when it ends. Clients log in
 * one.
 */
const MOST_USERS = 1000;

/** The account is logged in elsewhere. */
const IN_USE = Symbol('in use');

/** The outcome of a login: the session, and when the reply has been sent; undefined when the login was refused. */
type Entered = { readonly session: Session; readonly replied: Promise<void> } | typeof IN_USE | undefined;

/** A login that is looked at. */
interface Login {
  readonly connection: Connection;
  readonly message: Message;
  readonly attempt: Attempt;
  readonly password: string;
}

/**
 * Login (PROTOCOL.md section 5; DIFFERENCES 4, 8, 10, 13, 16): arrive, be welcomed, catch up. As in the original, the
 * stored messages in the reply are deleted before the next message is handled. Nobody waits for those behind the reply.
 */
export async function login(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
): Promise<void> {
  const account = request.byName ? message.text('name') : message.int('id');
  const password = message.text('password');
  if (connection.users.size >= MOST_USERS) return answer(chat, connection, message, 'login', 'unavailable');
  // An account has one id, and many spellings of its name: guesses count for the account.
  const id = typeof account === 'number' ? account : await chat.store.idOf(account);
  const entered = await chat.attempts.guess(connection, id ?? account, async (attempt) => {
    const login = { connection, message, attempt, password };
    return id === undefined ? refuseGuess(chat, login) : enterOrTakeOver(chat, login, id);
  });
  if (entered === undefined) return;
  chat.friendWatch.change(entered.session);
  await entered.replied;
}

/** Lets a user in; once more when it could be taken over from where it was. */
async function enterOrTakeOver(
  chat: Chat,
  login: Login,
  id: number,
): Promise<Exclude<Entered, typeof IN_USE>> {
  const { connection, message } = login;
  const look = () => enter(chat, login, id);
  let entered = await chat.presence.oneAtATime(id, look);
  if (entered === IN_USE && (await takeOver(chat, connection, id)))
    entered = await chat.presence.oneAtATime(id, look);
  if (entered !== IN_USE) return entered;
  answer(chat, connection, message, 'login', 'inUse');
  return undefined;
}

/** The password is wrong, or there is no such account: nobody learns which. */
function refuseGuess(chat: Chat, { connection, message, attempt }: Login): undefined {
  attempt.fail();
  answer(chat, connection, message, 'login', 'invalid');
}

/** In the user's turn. Returns nothing when the login is refused. */
async function enter(chat: Chat, login: Login, id: number): Promise<Entered> {
  const { connection, message, attempt, password } = login;
  const { address } = connection;
  const { program } = chat;
  try {
    const user = await chat.store.user(id);
    const isRight = samePassword(user?.password ?? '', password);
    if (user === undefined) return refuseGuess(chat, login);
    const guess = { id, name: user.name, address, password };
    const isIn = program === undefined ? isRight : await isLetIn(program, guess, isRight);
    if (!isIn) return refuseGuess(chat, login);
    attempt.succeed();
    // A banned user is told, with the right password only, that the account is in use: `invalid` would make it look for
    // another password.
    if (chat.bans.has(id)) return void answer(chat, connection, message, 'login', 'inUse');
    const session = await arrive(chat, user);
    if (session === undefined) return IN_USE;
    const { replied } = await welcome(chat, connection, message, user, session).catch(async (error) => {
      await goAgain(chat, session);
      throw error;
    });
    // A user who is banned while it arrives is not among those whose connections are ended: this one is ended here.
    if (chat.bans.has(id)) connection.finish('kicked');
    return { session, replied };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    answer(chat, connection, message, 'login', 'unavailable');
  }
}

/** Logout: the user leaves, the connection stays (PROTOCOL.md section 5). No reply, but in some dialects. */
export async function logout(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  await leave(chat, id);
  answer(chat, connection, message, 'logout', 'ok');
}
