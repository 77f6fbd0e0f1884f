import { setTimeout as delay } from 'node:timers/promises';
import type { Present } from '../delivery/presence.js';
import type { Chat } from './chat.js';

/** How long to wait for another node that is at an account, in ms. */
const BUSY = 50;

/**
 * A user leaves: its connection is forgotten, what it was not sent is stored, its channel unsubscribed, its state
 * offline, in this order (PROTOCOL.md section 5). Resolves when that is done; while the database is away the last
 * step is owed, and what is to be stored waits for it.
 */
export async function leave(chat: Chat, userid: number): Promise<void> {
  const user = chat.presence.get(userid);
  if (user === undefined || !chat.presence.isHere(userid)) return;
  startLeaving(chat, user);
  const go = () => chat.presence.turn(userid, () => depart(chat, user));
  // What is being handed over is not in its turn: who reads slowly must not keep others waiting for an answer. What
  // has left and is still to be deleted waits for no database that is away.
  await (user.catchingUp === undefined ? go() : chat.writer.unlessAway(user.catchingUp).then(go));
}

async function depart(chat: Chat, user: Present): Promise<void> {
  const { presence, bus, changes, store, delivery } = chat;
  await storeRest(chat, user);
  await bus.forget(user.id);
  await changes.make(
    user.id,
    () => store.goOffline([user.id]),
    () => goOfflineLate(chat, user.id),
  );
  presence.forget(user);
  delivery.lines.pump(user.id);
}

/** here or behind -> leaving: from now on messages for the user are stored, what its connection did not send first. */
export function startLeaving({ presence, delivery, log }: Chat, user: Present): void {
  log.debug({ userid: user.id }, 'a user has left');
  presence.leave(user);
  const { unsent } = user;
  user.unsent = [];
  delivery.returned(user.id, unsent);
}

/** Until nothing waits any more, or the database is away. */
export async function storeRest({ bus, delivery, writer }: Chat, user: Present): Promise<void> {
  for (;;) {
    const { count, busy } = delivery.lines.waiting(user.id);
    // Behind what may be with another node it goes on when that is known.
    if ((count === 0 && !busy) || writer.away || (bus.isSettling(user.id) && !busy)) return;
    await writer.unlessAway(delivery.lines.storeWaiting(user.id));
  }
}

/** Sets a user offline who was on the way in, now or when the database is back. */
export function turnBack(chat: Chat, userid: number): Promise<void> {
  return chat.changes.make(userid, () => goOfflineLate(chat, userid));
}

/** Unless it has come back anywhere. Another node that is at this account may take it or not: that is waited for. */
async function goOfflineLate({ presence, bus, store }: Chat, userid: number): Promise<void> {
  if (presence.get(userid) !== undefined) return;
  const look = async () => {
    // When the bus is away nobody can have taken the account over.
    const listeners = await bus.subscribers(userid).catch(() => 0);
    if (listeners === 0) await store.goOffline([userid]);
    return true;
  };
  while ((await store.exclusively(userid, look)) === undefined) await delay(BUSY);
}
