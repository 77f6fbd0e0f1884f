import { setTimeout as delay } from 'node:timers/promises';
import { LIMITS } from '../limits.js';
import { removeSent } from './catch-up.js';
import type { Chat } from './chat.js';
import { storeRest } from './leave.js';
import { keepRest } from './spooling.js';

/**
 * All connections are closed: stores what waits, sets this node's users offline, lets other nodes answer
 * (DIFFERENCES 11). With a spool that has to be done in `most` ms: what is not stored by then is safe.
 * Resolves with the number of messages that are lost.
 */
export async function shutdown(chat: Chat, most: number): Promise<number> {
  const done = finish(chat);
  await (chat.spool === undefined ? done : Promise.race([done, delay(most, undefined, { ref: false })]));
  const lost = keepRest(chat);
  if (lost > 0) chat.log.error({ count: lost }, 'messages lost: the database is away');
  return lost;
}

async function finish(chat: Chat): Promise<void> {
  const { presence, bus, changes, writer, delivery, store, log } = chat;
  await presence.quiet();
  const sessions = presence.all();
  const ids = sessions.map(({ id }) => id);
  await Promise.all(sessions.map(({ catchingUp }) => catchingUp));
  await Promise.all(sessions.map((session) => storeRest(chat, session)));
  await Promise.all(sessions.map((session) => removeSent(chat, session)));
  await Promise.all(ids.map((userid) => bus.forget(userid)));
  const [first] = ids;
  if (first !== undefined) await changes.make(first, () => store.goOffline(ids));
  for (const session of sessions) presence.forget(session);
  delivery.lines.pumpAll();
  // Then other nodes can be told that it is stored.
  await writer.unlessAway(writer.empty());
  await bus.close(LIMITS.answers);
  await writer.close();
  const owed = await changes.close();
  if (owed > 0) log.error({ count: owed }, 'changes lost: the database is away');
}
