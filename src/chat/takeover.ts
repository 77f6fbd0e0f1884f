import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import type { Chat } from './chat.js';

/** How long another node may take to let a user go, and how often that is looked at, in ms. */
const PATIENCE = 3000;
const LOOK = 20;

/** A user has logged in elsewhere: the connection that it is on here is closed, what it was not sent is stored. */
export function letGo({ presence }: Chat, userid: number): void {
  presence.get(userid)?.connection?.destroy();
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
