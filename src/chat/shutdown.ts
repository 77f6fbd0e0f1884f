import { LIMITS } from '../limits.js';
import type { Chat } from './chat.js';
import { storeRest } from './leave.js';

/**
 * All connections are closed: stores what waits, sets this node's users offline, lets other nodes answer
 * (DIFFERENCES 11). Resolves with the number of messages that could not be stored.
 */
export async function shutdown(chat: Chat): Promise<number> {
  const { presence, bus, changes, writer, delivery, store, log } = chat;
  await presence.quiet();
  const users = presence.all();
  const ids = users.map(({ id }) => id);
  await Promise.all(users.map((user) => user.catchingUp));
  await Promise.all(users.map((user) => storeRest(chat, user)));
  await Promise.all(ids.map((userid) => bus.forget(userid)));
  const [first] = ids;
  if (first !== undefined) await changes.make(first, () => store.goOffline(ids));
  for (const user of users) presence.forget(user);
  delivery.lines.pumpAll();
  // Then other nodes can be told that it is stored.
  await writer.unlessAway(writer.empty());
  await bus.close(LIMITS.answers);
  await writer.close();
  const owed = await changes.close();
  const lost = delivery.kept;
  if (owed > 0) log.error({ count: owed }, 'changes lost: the database is away');
  if (lost > 0) log.error({ count: lost }, 'messages lost: the database is away');
  return lost;
}
