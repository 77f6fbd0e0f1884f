import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import type { Chat } from './chat.js';
import { type LeaveParts, leave } from './leave.js';

/** The parts that a takeover works with. */
export type TakeoverParts = LeaveParts & Pick<Chat, 'dialect'>;

/** How long a node may take to let a user go, in ms. */
const PATIENCE = 3000;
/** How often the database is asked whether another node has let the user go, in ms: no node says when that is so. */
const LOOK = 20;

/** How long the connection that a user had before may take to fetch what is being written, in ms. */
const FETCH = 500;

/**
 * A user has logged in elsewhere: it leaves, what it was not sent is stored, and its connection here is closed. Resolves
 * when it has left.
 */
export async function letGo(chat: TakeoverParts, userid: number): Promise<void> {
  const connection = chat.presence.get(userid)?.connection;
  if (connection === undefined) return;
  const left = leave(chat, userid, FETCH);
  const told = chat.dialect.replies.write('takenOver', 'ok', { id: userid });
  if (told !== undefined) connection.reply(told);
  connection.finish('its user has logged in elsewhere');
  await left;
}

/**
 * Ends the login that an account has on another connection, here or on another node of ours, where the dialect says
 * so: its client may be gone without a word.
 *
 * @returns false when the account stays in use: the dialect does not do so, or it is on this very connection
 */
export async function takeOver(
  chat: TakeoverParts,
  connection: Connection,
  userid: number,
): Promise<boolean> {
  if (!chat.dialect.takeover || connection.users.has(userid)) return false;
  const end = performance.now() + PATIENCE;
  const left = letGo(chat, userid);
  chat.bus.tellTaken(userid);
  await Promise.race([left, delay(PATIENCE, undefined, { ref: false })]);
  while (!(await isFree(chat, userid))) {
    if (performance.now() >= end) return false;
    await delay(LOOK);
  }
  return true;
}

async function isFree({ presence, store }: TakeoverParts, userid: number): Promise<boolean> {
  if (presence.get(userid) !== undefined) return false;
  return (await store.user(userid))?.state !== 'online';
}
