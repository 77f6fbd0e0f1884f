import { setTimeout as delay } from 'node:timers/promises';
import type { Ban } from '../bus/wire.js';
import type { Session } from '../delivery/session.js';
import { unexpected } from '../net/guard.js';
import { type HandOverParts, removeSent } from './catch-up.js';
import type { Chat } from './chat.js';
import { userOf } from './identity.js';

/** The parts that leaving works with. */
export type LeaveParts = HandOverParts &
  Pick<Chat, 'presence' | 'bus' | 'changes' | 'delivery' | 'writer'> &
  Partial<Pick<Chat, 'program' | 'numbers'>>;

/** How long to wait for another node that is at an account, in ms. */
const BUSY = 50;
/** How long a client may take to fetch the write that was under way when its user logged out, in ms. */
const FETCH = 2000;
/**
 * How many times the queue of a user who leaves is stored before its channel is unsubscribed. Until then others may write
 * on: without an end they could keep the user from logging in again.
 */
const BEFORE_FORGET = 3;
/** How long the former connection of a user may take to fetch the write that is under way, in ms. */
const FETCH_TAKEN = 500;

/**
 * A user leaves, in this order (PROTOCOL.md section 5). `shutdown` does the same for all users at once.
 *
 * 1. Its connection is given nothing more. Messages that the connection has not sent go before all others of the queue.
 * 2. The queue is stored: else the next node would let the user in without these messages.
 * 3. Messages that were stored and have left all the same are deleted: else they would come twice.
 * 4. The outcomes of its numbered messages are written. Without them the next node would take repeated ones for new.
 * 5. Its channel is unsubscribed. Messages that came until then are stored.
 * 6. It is offline in the database: now it can log in anywhere.
 *
 * Resolves when that is done. While the database is away nobody waits for 2, 3 and 4, and 6 is owed.
 *
 * @param fetch in ms: the connection is ended when it has not taken the write that is under way by then. Without that a
 * client that logs out and does not read would keep its account waiting, and the messages that others write to it
 */
export async function leave(chat: LeaveParts, userid: number, fetch = FETCH): Promise<void> {
  const session = chat.presence.get(userid);
  if (session?.isOnline) await chat.presence.going(go(chat, session, fetch));
}

/** The same, where nobody waits for it. */
export function leaveSoon(chat: LeaveParts, userid: number, fetch = FETCH): void {
  leave(chat, userid, fetch).catch((error) => unexpected(error, 'a user who leaves'));
}

/**
 * A user has logged in elsewhere: it leaves, and its connection here is closed. Resolves when it has left.
 */
export async function letGo(chat: LeaveParts & Pick<Chat, 'dialect'>, userid: number): Promise<void> {
  const connection = chat.presence.get(userid)?.connection;
  if (connection === undefined) return;
  const gone = leave(chat, userid, FETCH_TAKEN);
  const told = chat.dialect.replies.write('takenOver', 'ok', { id: userid });
  if (told !== undefined) connection.reply(told);
  connection.finish('its user has logged in elsewhere');
  await gone;
}

async function go(chat: LeaveParts, session: Session, fetch: number): Promise<void> {
  logOut(chat, session);
  const written = session.written();
  if (written !== undefined) {
    const isLate = delay(fetch, true, { ref: false });
    if (await Promise.race([isLate, written])) session.connection?.destroy();
    await written;
  }
  chat.delivery.leave(session);
  // The catching up is waited for outside the user's turn: a client that reads slowly would keep other logins to the
  // account waiting for an answer. When the database is away, the deletion of messages that have left is not waited for.
  if (session.catchingUp !== undefined) await chat.writer.unlessStuck(session.id, session.catchingUp);
  await chat.presence.oneAtATime(session.id, () => depart(chat, session));
}

async function depart(chat: LeaveParts, session: Session): Promise<void> {
  const { presence, bus, changes, store, delivery, writer, numbers } = chat;
  const { id } = session;
  await settleLeft(chat, session, BEFORE_FORGET);
  if (numbers?.leave(session)) {
    await writer.unlessStuck(
      id,
      numbers.written(id).catch(() => {}),
    );
    // Before other nodes can let the user in: they would take messages for new whose numbers the database does not
    // have.
    await numbers.handOver(id);
  }
  await bus.forget([id]);
  await storeQueue(chat, session);
  await changes.make(
    id,
    async () => {
      await numbers?.written(id);
      await store.goOffline([id]);
    },
    () => goOfflineLate(chat, id),
  );
  presence.forget(session);
  delivery.pump(id);
}

/**
 * Does 2 and 3 for a user who leaves. Resolves when that is done, or the database does not take it.
 *
 * @param most see `storeQueue`
 */
export async function settleLeft(
  chat: HandOverParts & Pick<Chat, 'presence' | 'bus' | 'delivery' | 'writer'>,
  session: Session,
  most?: number,
): Promise<void> {
  await storeQueue(chat, session, most);
  await removeWhenStored(chat, session);
}

/**
 * Deletes messages of a user who leaves that were stored and have left for its client all the same. They may still be
 * on their way into the store: deleted before, they would come again with the next login. Resolves when that is done;
 * at once when the database does not take it: then `Presence.owed` has the deletion that is still to be done.
 */
async function removeWhenStored(
  chat: HandOverParts & Pick<Chat, 'presence' | 'delivery' | 'writer'>,
  session: Session,
): Promise<void> {
  if (!session.hasSentStored) return;
  const { delivery } = chat;
  const { owed } = chat.presence;
  const remove = async () => {
    while (delivery.waiting(session.id).busy) await delivery.storeFor(session.id);
    await removeSent(chat, session);
  };
  const removed = remove().finally(() => owed.delete(session));
  owed.set(session, removed);
  await chat.writer.unlessStuck(session.id, removed);
}

/** The connection of a user has closed, and the node stops: `shutdown` sets all users offline together. */
export function leaveWithNode(chat: LeaveParts, session: Session): void {
  logOut(chat, session);
  chat.delivery.leave(session);
}

function logOut({ log, program }: Pick<LeaveParts, 'log' | 'program'>, session: Session): void {
  const { id, connection } = session;
  log.debug({ userid: id }, 'a user has left');
  session.logOut();
  if (connection !== undefined) program?.loggedOut?.(userOf(connection, id));
}

/**
 * Stores the queue of a user who leaves. Resolves when it is empty, or the database does not take it.
 *
 * @param most at most this many times: messages that come after that are left
 */
async function storeQueue(
  { bus, delivery, writer }: Pick<Chat, 'bus' | 'delivery' | 'writer'>,
  { id }: Session,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (let times = 0; times < most; times++) {
    const { count, busy } = delivery.waiting(id);
    // Older messages may be with another node. The queue goes on when it is known what became of them.
    if ((count === 0 && !busy) || writer.isStuck(id) || (bus.isInFlight(id) && !busy)) return;
    await writer.unlessStuck(id, delivery.storeFor(id));
  }
}

/** Sets a user offline who was on the way in, now or when the database is back. */
export function turnBack(
  chat: Pick<Chat, 'presence' | 'bus' | 'store' | 'changes'> & Partial<Pick<Chat, 'numbers'>>,
  userid: number,
): Promise<void> {
  return chat.changes.make(userid, () => goOfflineLate(chat, userid));
}

/** Unless it has come back anywhere. Another node that is at this account may take it or not: that is waited for. */
async function goOfflineLate(
  {
    presence,
    bus,
    store,
    numbers,
  }: Pick<Chat, 'presence' | 'bus' | 'store'> & Partial<Pick<Chat, 'numbers'>>,
  userid: number,
): Promise<void> {
  if (presence.get(userid) !== undefined) return;
  await numbers?.written(userid);
  const look = async () => {
    // When the bus is away nobody can have taken the account over.
    const listeners = await bus.subscribers(userid).catch(() => 0);
    if (listeners === 0) await store.goOffline([userid]);
    return true;
  };
  while ((await store.exclusively(userid, look)) === undefined) await delay(BUSY);
}

/** Nobody may log in to an account for some time; whoever is in has its connection ended. */
export function keepOut({ bans, presence }: Pick<Chat, 'bans' | 'presence'>, ban: Ban, still = false): void {
  bans.add(ban, still);
  presence.get(ban.userid)?.connection?.finish('kicked');
}

/** The same on all nodes that this one reaches; those that come later are told then. */
export function banEverywhere(chat: Pick<Chat, 'bans' | 'presence' | 'bus'>, ban: Ban): void {
  // No account has an id of more than 32 bits, and no frame could name it.
  if (ban.userid !== (ban.userid | 0)) return;
  keepOut(chat, ban);
  chat.bus.tellBanned(ban);
}
