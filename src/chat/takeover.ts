import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import type { Chat } from './chat.js';
import { leaveSoon } from './leave.js';

/** How long another node may take to let a user go, and how often that is looked at, in ms. */
const PATIENCE = 3000;
const LOOK = 20;

/** How long the connection that a user had before may take to fetch what is being written, in ms. */
const FETCH = 500;

/** A user has logged in elsewhere: it leaves, what it was not sent is stored, and its connection here is closed. */
export function letGo(chat: Chat, userid: number): void {
  const connection = chat.presence.get(userid)?.connection;
  if (connection === undefined) return;
  leaveSoon(chat, userid, FETCH);
  connection.finish('its user has logged in elsewhere');
}

/**
 * Ends the login that an account has on another connection, here or on another node of ours, where the dialect says
 * so: its client may be gone without a word.
 *
 * @returns false when the account stays in use: the dialect does not do so, or it is on this very connection
 */
export async function takeOver(chat: Chat, connection: Connection, userid: number): Promise<boolean> {
  if (!chat.dialect.takeover || connection.users.has(userid)) return false;
  letGo(chat, userid);
  chat.bus.tellTaken(userid);
  const end = performance.now() + PATIENCE;
  while (!(await isFree(chat, userid))) {
    if (performance.now() >= end) return false;
    await delay(LOOK);
  }
  return true;
}

async function isFree({ presence, store }: Chat, userid: number): Promise<boolean> {
  if (presence.get(userid) !== undefined) return false;
  return (await store.user(userid))?.state !== 'online';
}
