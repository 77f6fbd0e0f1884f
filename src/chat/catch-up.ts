import { setTimeout as delay } from 'node:timers/promises';
import type { Present } from '../delivery/presence.js';
import { LIMITS } from '../limits.js';
import { StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';
import { handOver, remove, singly } from './hand-over.js';

/** So many bytes wait in memory for a user who reads too slowly; more are stored. */
const MOST_WAITING = 262_144;
/** So many bytes of what waits go to its connection at once, well below what ends it; the rest when these have left. */
const WINDOW = LIMITS.maxWaiting / 2;

/**
 * behind -> here: gives a user, in order, what is stored for it and then what waits in its line, until nothing
 * older is left anywhere. A user who reads too slowly gets it as it reads.
 */
export function catchUp(chat: Chat, user: Present): void {
  if (user.catchingUp !== undefined || isUpToDate(chat, user)) return;
  user.catchingUp = run(chat, user).finally(() => {
    user.catchingUp = undefined;
  });
}

/** True, and the user is here, when there is nothing to catch up with. */
function isUpToDate({ delivery, bus, presence }: Chat, user: Present): boolean {
  const { count, busy } = delivery.lines.waiting(user.id);
  const more = user.slow || user.unread || busy || count > 0 || user.leftStored.length > 0;
  if (user.state !== 'behind' || more || bus.isSettling(user.id)) return false;
  presence.caughtUp(user);
  return true;
}

async function run(chat: Chat, user: Present): Promise<void> {
  while (user.state === 'behind' && !isUpToDate(chat, user)) await nextStep(chat, user);
  await removeLeft(chat, user);
}

/** What to do, or to wait for, next; undefined when it was done at once. */
function nextStep(chat: Chat, user: Present): Promise<void> | undefined {
  const { delivery, bus } = chat;
  const { bytes, busy } = delivery.lines.waiting(user.id);
  // Who leaves meanwhile waits no longer.
  if (busy) return Promise.race([delivery.lines.storeWaiting(user.id), woken(user)]);
  user.slow &&= !user.connection?.isDrained();
  if (user.slow) {
    return bytes > Math.min(MOST_WAITING, chat.budget.share) && !bus.isSettling(user.id)
      ? Promise.race([delivery.spill(user), woken(user)])
      : woken(user);
  }
  if (user.leftStored.length > 0) return removeLeft(chat, user);
  if (bus.isSettling(user.id)) return woken(user);
  if (user.unread) return giveStored(chat, user);
  if (user.connection?.isDrained() === false) return woken(user);
  delivery.giveWaiting(user, WINDOW);
  return undefined;
}

function woken(user: Present): Promise<void> {
  return new Promise((resolve) => {
    user.wake = resolve;
  });
}

async function removeLeft(chat: Chat, user: Present): Promise<void> {
  const texts = user.leftStored;
  user.leftStored = [];
  if (texts.length > 0) await remove(chat, user.id, texts);
}

/** The oldest of what is stored for a user. When that is not all, it stays unread. */
export async function storedPage(
  { store }: Chat,
  userid: number,
  user: Present | undefined,
): Promise<readonly string[]> {
  // What is stored from now on is not seen for certain.
  if (user !== undefined) user.unread = false;
  const texts = await store.storedMessages(userid, LIMITS.storedPage);
  if (user !== undefined && texts.length === LIMITS.storedPage) user.unread = true;
  return texts;
}

async function giveStored(chat: Chat, user: Present): Promise<void> {
  const { connection, id } = user;
  if (connection === undefined) return;
  try {
    await handOver(chat, connection, id, singly(await storedPage(chat, id, user)));
  } catch (error) {
    // Nobody waits for a database that is away: the user may leave meanwhile.
    user.unread = true;
    if (!(error instanceof StoreUnavailable))
      chat.log.error({ err: error, userid: id }, 'stored messages stay stored');
    await Promise.race([woken(user), delay(LIMITS.retry)]);
  }
}
