import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../delivery/session.js';
import { LIMITS } from '../limits.js';
import { pause } from '../store/pause.js';
import { StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';
import { settleLeft } from './leave.js';
import { spoolQueues } from './storing.js';

/** At most 1,000 users are set offline in one call. When it fails, 8 parts of it are tried each by itself. */
const TOGETHER = 1000;
const PARTS = 8;

/**
 * All connections are closed: stores all messages that wait, sets this node's users offline, lets other nodes answer
 * (DIFFERENCES 11). It ends when that is done, when nothing of it could be done for a while, or after `most` ms.
 * Resolves with how much is lost: messages, and without a spool also states of users.
 *
 * @param lostBefore how many messages were lost when the stop began
 */
export async function shutdown(chat: Chat, most: number, lostBefore: number): Promise<number> {
  const { presence, changes, delivery, spool, log, drops } = chat;
  const gaveUp = new AbortController();
  const rest = () => ({ messages: delivery.kept, users: presence.size + changes.count });
  const isDone = await whileItGoesOn(finish(chat, gaveUp.signal), rest, {
    // Messages in the spool are safe: the process need not wait as long for the database.
    patience: spool === undefined ? LIMITS.shutdown : LIMITS.storedAtEnd,
    most,
    tell: (counts) => log.info(counts, 'still stopping'),
  });
  gaveUp.abort();
  const { messages, users } = rest();
  const lost = (spool === undefined ? messages : spoolQueues(chat, spool)) + drops.lost - lostBefore;
  const why = isDone ? 'the database is away' : 'nothing could be done any more in time';
  if (lost > 0) log.error({ count: lost }, `messages lost: ${why}`);
  if (users > 0) log.error({ count: users }, `users left online: ${why}; chat-server check --fix`);
  return spool === undefined ? lost + users : lost;
}

async function finish(chat: Chat, gaveUp: AbortSignal): Promise<void> {
  const { presence, bus, changes, writer, delivery, numbers } = chat;
  await presence.quiet();
  const sessions = presence.all();
  await Promise.all(
    sessions.map(async (session) => {
      await session.catchingUp;
      await settleLeft(chat, session);
    }),
  );
  for (const session of sessions) numbers.leave(session);
  await writer.unlessAway(numbers.close());
  await bus.forget(sessions.map(({ id }) => id));
  const offline = Promise.all(parts(sessions, TOGETHER).map((some) => goOffline(chat, some, gaveUp)));
  // Those who wait for the database keep nobody else waiting.
  await writer.unlessAway(offline);
  await delivery.pumpAll();
  // Then other nodes can be told that it is stored.
  await writer.empty();
  await bus.close(LIMITS.answers);
  await writer.close();
  await writer.unlessAway(numbers.close());
  const { owed } = presence;
  await Promise.all([...owed].map(([{ id }, removed]) => writer.unlessStuck(id, removed)));
  await offline;
  await changes.close();
}

/** Sets users offline, again and again until it is given up. Those that stay stuck are told from the others. */
async function goOffline(chat: Chat, sessions: readonly Session[], gaveUp: AbortSignal): Promise<void> {
  try {
    await chat.store.goOffline(sessions.map(({ id }) => id));
  } catch (error) {
    if (error instanceof StoreUnavailable) return await goOfflineLater(chat, sessions, gaveUp);
    chat.log.error({ err: error }, 'a change in the database failed');
  }
  for (const session of sessions) chat.presence.forget(session);
}

async function goOfflineLater(chat: Chat, sessions: readonly Session[], gaveUp: AbortSignal): Promise<void> {
  await pause(LIMITS.retry, gaveUp);
  if (gaveUp.aborted) return;
  const some = parts(sessions, Math.ceil(sessions.length / PARTS));
  await Promise.all(some.map((part) => goOffline(chat, part, gaveUp)));
}

/** The items in order, in parts of at most `most`. */
function parts<T>(items: readonly T[], most: number): T[][] {
  const count = Math.ceil(items.length / most);
  return Array.from({ length: count }, (_, i) => items.slice(i * most, (i + 1) * most));
}

/** The counts are looked at every 250 ms, and told every 2 s, in ms. */
const LOOK = 250;
const TELL = 2000;

/** How much is left to be done: counts, each with its name. */
type Rest = Readonly<Record<string, number>>;

export interface Patience {
  /** The work is given up when nothing of the rest was done for this time, in ms. */
  readonly patience: number;
  /** The longest that it may take, in ms. */
  readonly most: number;
  /** Is told now and then how much is left. */
  tell(rest: Rest): void;
}

/** Waits for work as long as it goes on. Resolves with whether it is done. Rejects as the work does. */
export async function whileItGoesOn(
  work: Promise<void>,
  rest: () => Rest,
  { patience, most, tell }: Patience,
): Promise<boolean> {
  const done = work.then(() => true);
  const begun = performance.now();
  let [least, since, told] = [Number.POSITIVE_INFINITY, begun, begun];
  for (;;) {
    if (await Promise.race([done, delay(LOOK, false)])) return true;
    const now = performance.now();
    const counts = rest();
    const sum = Object.values(counts).reduce((a, b) => a + b, 0);
    if (sum < least) [least, since] = [sum, now];
    if (now - since >= patience || now - begun >= most) return false;
    if (now - told < TELL) continue;
    told = now;
    tell(counts);
  }
}
