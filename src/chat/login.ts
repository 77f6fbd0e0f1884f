import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { StoreUnavailable, type User } from '../store/store.js';
import { samePassword } from './accounts.js';
import { answer } from './answer.js';
import { arrive, goAgain, takeOver } from './arrive.js';
import type { Attempt } from './attempts.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { leave } from './leave.js';
import { isLetIn } from './program.js';
import { welcome } from './welcome.js';

/** The account is logged in elsewhere. */
const IN_USE = Symbol('in use');

/** What came of a login: when its reply has been sent; undefined when it was refused. */
type Entered = { readonly replied: Promise<void> } | typeof IN_USE | undefined;

/** A login that is looked at. */
interface Login {
  readonly connection: Connection;
  readonly message: Message;
  readonly attempt: Attempt;
  readonly password: string;
}

/**
 * Login (PROTOCOL.md section 5; DIFFERENCES 4, 8, 10, 13, 16): arrive, be welcomed, catch up. As in the original, what
 * was stored and is in the reply is deleted before the next message is handled; what follows the reply nobody waits for.
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
  const login = { connection, message, attempt, password };
  let entered: Entered;
  try {
    if (attempt.wait > 0) await delay(attempt.wait, undefined, { ref: false });
    if (id === undefined) return refuseGuess(chat, login);
    const inTurn = () => chat.presence.oneAtATime(id, () => enter(chat, login, id));
    entered = await inTurn();
    // Once more when it could be taken over from where it was.
    if (entered === IN_USE && (await takeOver(chat, connection, id))) entered = await inTurn();
    if (entered === IN_USE) return answer(chat, connection, message, 'login', 'inUse');
  } finally {
    attempt.end();
  }
  if (entered !== undefined) chat.friendWatch.change(chat.presence.get(id));
  await entered?.replied;
}

/** The password is wrong, or there is no such account: nobody learns which. */
function refuseGuess(chat: Chat, { connection, message, attempt }: Login): void {
  attempt.fail();
  answer(chat, connection, message, 'login', 'invalid');
}

/** In the user's turn. Returns nothing when the login is refused. */
async function enter(chat: Chat, login: Login, id: number): Promise<Entered> {
  const { connection, message, attempt, password } = login;
  try {
    const user = await chat.store.user(id);
    const right = samePassword(user?.password ?? '', password);
    if (user === undefined || !(await mayEnter(chat, login, user, right)))
      return void refuseGuess(chat, login);
    attempt.succeed();
    // To her it is in use, and only to who has the password: not wrong, so that nobody looks for another one.
    if (chat.bans.has(id)) return void answer(chat, connection, message, 'login', 'inUse');
    if (!(await arrive(chat, user))) return IN_USE;
    const welcomed = await welcome(chat, connection, message, user).catch(async (error) => {
      await goAgain(chat, id);
      throw error;
    });
    // A user who is banned while it arrives is not among those whose connections are ended: this one is ended here.
    if (chat.bans.has(id)) connection.finish('kicked');
    return welcomed;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    answer(chat, connection, message, 'login', 'unavailable');
  }
}

/** Whether a password lets somebody in, or the program that has the server inside it. Rejects with Undecided. */
async function mayEnter(
  { program }: Chat,
  { connection, password }: Login,
  { id, name }: User,
  isRight: boolean,
): Promise<boolean> {
  if (program === undefined) return isRight;
  return isLetIn(program, { id, name, address: connection.address, password }, isRight);
}

/** Logout: the user leaves, the connection stays (PROTOCOL.md section 5). No reply, but in some dialects. */
export async function logout(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const id = senderOf(chat, connection, message);
  await leave(chat, id);
  answer(chat, connection, message, 'logout', 'ok');
}
