import type { Chat } from './chat.js';
import { Refused } from './refused.js';

/** What a user is in a group, `creator` or `normal`. Rejects with Refused when it is no member. */
export async function roleOf({ store }: Chat, groupid: number, userid: number): Promise<string> {
  const role = await store.roleIn(groupid, userid);
  if (role === undefined) throw new Refused('not a member');
  return role;
}

/** Rejects with Refused unless the user has made the group. */
export async function checkCreator(chat: Chat, groupid: number, userid: number): Promise<void> {
  if ((await roleOf(chat, groupid, userid)) !== 'creator') throw new Refused('not the creator of the group');
}
