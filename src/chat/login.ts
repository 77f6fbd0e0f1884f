import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { StoreUnavailable, type User } from '../store/store.js';
import { answer } from './answer.js';
import type { Attempt } from './attempts.js';
import type { Chat } from './chat.js';
import { turnBack } from './leave.js';
import { samePassword } from './password.js';
import { takeOver } from './takeover.js';
import { welcome } from './welcome.js';

/** How long an account may be online and unsubscribed while its node says goodbye, in ms (DIFFERENCES 10). */
const GOODBYE = 200;
/** The account is logged in elsewhere. */
const IN_USE = Symbol('in use');
/** How long a node may take to say that a user has left it, in s. */
const LAST_WORD = 15;

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
  const attempt = chat.attempts.begin(connection, account);
  try {
    if (attempt.wait > 0) await delay(attempt.wait, undefined, { ref: false });
    const welcomed = await arriveHere(chat, { connection, message, attempt, account, password });
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
  /** The account's id, or its name in dialects that log in by name. */
  readonly account: number | string;
  readonly password: string;
}

/** In the user's turn; once more when it could be taken over from where it was. */
async function arriveHere(
  chat: Chat,
  login: Login,
): Promise<{ readonly replied: Promise<void> } | undefined> {
  const { connection, message, account } = login;
  const id = typeof account === 'number' ? account : await chat.store.idOf(account);
  if (id === undefined) return refuseGuess(chat, login);
  const inTurn = () => chat.presence.turn(id, () => enter(chat, login, id));
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
    if (user === undefined || !right) return refuseGuess(chat, login);
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
    // Who was banned while it came is not among those whose connections were ended.
    if (chat.bans.has(user.id)) connection.finish('kicked');
    return welcomed;
  } catch (error) {
    await forget(chat, user.id);
    await turnBack(chat, user.id);
    throw error;
  }
}

/** Subscribes the user and takes it online. False, with nothing changed, when it is online already. */
async function arrive(chat: Chat, user: User): Promise<boolean> {
  if (chat.presence.get(user.id) !== undefined) return false;
  if (user.state === 'online') return arriveAbandoned(chat, user.id);
  return arriveOffline(chat, user.id);
}

/**
 * The database says that the account is offline. That may be the late last word of a node that the user has left
 * long since, while it is logged in on another one: that node has said so, and the account stays its.
 */
function arriveOffline(chat: Chat, id: number): Promise<boolean> {
  return claim(chat, id, () => chat.store.goOnline(id));
}

/** Whether a node that has let the user in listens for it still. What it said last may not have come yet. */
async function isOwnedElsewhere({ bus }: Chat, id: number): Promise<boolean> {
  return bus.isOwned(id) && (await bus.subscribers(id).catch(() => 0)) > 1;
}

/** Listens for the user, and takes that back when the account is not ours after all. */
async function claim(chat: Chat, id: number, isOurs: () => Promise<boolean>): Promise<boolean> {
  try {
    await listen(chat, id);
    if (await isOurs()) {
      if (!(await isOwnedElsewhere(chat, id))) {
        chat.bus.own(id);
        return true;
      }
      await forget(chat, id);
      // In case that its owner has gone meanwhile: then nobody else would say so.
      await turnBack(chat, id);
      return false;
    }
  } catch (error) {
    await forget(chat, id);
    throw error;
  }
  // Another node was faster. What was published meanwhile may have come here only.
  await forget(chat, id);
  return false;
}

/** away -> arriving: from now on messages for the user wait here. */
async function listen({ presence, delivery, bus }: Chat, id: number): Promise<void> {
  presence.arrive(id);
  await delivery.queues.published(id);
  await bus.listen(id);
}

/** The account of a crashed node: online, but nobody listens for it (DIFFERENCES 10). */
async function arriveAbandoned(chat: Chat, id: number): Promise<boolean> {
  if (await isListenedFor(chat, id)) return false;
  await delay(GOODBYE);
  const user = await chat.store.user(id);
  if (user?.state === 'offline') return arriveOffline(chat, id);
  const won = await chat.store.exclusively(id, async () => {
    if (await isListenedFor(chat, id)) return false;
    // Its node may have said its last word after all, and somebody else have come in since.
    const isOurs = async () => (await chat.store.goOnline(id)) || (await chat.bus.subscribers(id)) <= 1;
    return claim(chat, id, isOurs);
  });
  if (won) void stayOnline(chat, id);
  else if (won === false) await turnBack(chat, id);
  return won ?? false;
}

/**
 * The node that the account came from may only be slow, and its last word yet to come: that the user is
 * offline. For some time it is taken back.
 */
async function stayOnline({ presence, store }: Chat, id: number): Promise<void> {
  const isHere = () => presence.isOnline(id);
  for (let second = 1; second <= LAST_WORD; second++) {
    await delay(1000, undefined, { ref: false });
    await presence.turn(id, async () => isHere() && store.goOnline(id)).catch(() => {});
  }
}

/** When the bus is away nobody can tell: then the account stays in use. */
async function isListenedFor(chat: Chat, id: number): Promise<boolean> {
  try {
    return (await chat.bus.subscribers(id)) > 0;
  } catch {
    return true;
  }
}

/** arriving -> away: what came meanwhile goes elsewhere, or is stored. */
async function forget({ presence, bus, delivery }: Chat, id: number): Promise<void> {
  const user = presence.get(id);
  // Until then what comes on its channel belongs behind what waits for it here.
  await bus.forget(id);
  if (user !== undefined) presence.forget(user);
  delivery.queues.pump(id);
}
