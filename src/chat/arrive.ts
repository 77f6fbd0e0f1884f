import { setTimeout as delay } from 'node:timers/promises';
import type { Session } from '../delivery/session.js';
import type { Connection } from '../net/connection.js';
import { unexpected } from '../net/guard.js';
import type { User } from '../store/store.js';
import type { Chat } from './chat.js';
import { type LeaveParts, letGo, turnBack } from './leave.js';

/** The parts that arriving works with. */
export type ArriveParts = Pick<Chat, 'presence' | 'bus' | 'changes' | 'delivery' | 'store'>;

/*
 * Who gets an account (DIFFERENCES 10).
 *
 * the database says | on the bus                        | a login
 * ------------------|-----------------------------------|----------------------------------------------------------
 * offline           | nobody has let the user in        | gets it
 * offline           | a node has, and listens still     | does not: the database was told late of a former login
 * online            | somebody listens for the user     | does not: it is in use
 * online            | nobody listens, for GOODBYE       | gets it: its node has crashed. A lock decides between two
 *
 * A login listens for its user before it asks for the account, so that no message is lost between the two.
 */

/** How long an account may be online and unsubscribed while its node says goodbye, in ms. */
const GOODBYE = 200;
/** How long a node may take to say that a user has left it, in s. */
const LAST_WORD = 15;
/** How long a node may take to let a user go, in ms. */
const PATIENCE = 3000;
/**
 * How often the database is asked whether another node has let the user go, in ms, while none says so: one of the version
 * before does not.
 */
const LOOK = 250;

/**
 * The owner of an account after this node has asked for it: this node, with the session of the user, a faster one, or the
 * one that let the user in before.
 */
type Owner = Session | 'a faster node' | 'its former node';

/**
 * away -> arriving, and online in the database. Resolves with the session of the user; undefined, with nothing changed,
 * when the account is in use.
 */
export async function arrive(chat: ArriveParts, { id, state }: User): Promise<Session | undefined> {
  if (chat.presence.get(id) !== undefined) return undefined;
  const owner = await (state === 'online' ? arriveAbandoned(chat, id) : arriveOffline(chat, id));
  return typeof owner === 'string' ? undefined : owner;
}

/** arriving -> away, and offline in the database, now or when that is back. */
export async function goAgain(chat: ArriveParts, session: Session): Promise<void> {
  await stopListening(chat, session);
  await turnBack(chat, session.id);
}

async function arriveOffline(chat: ArriveParts, id: number): Promise<Owner> {
  const owner = await askFor(chat, id, () => chat.store.goOnline(id));
  // Its owner may have gone meanwhile: then nobody else would set it offline.
  if (owner === 'its former node') await turnBack(chat, id);
  return owner;
}

/** The account of a crashed node: online, but nobody listens for it. Resolves with undefined when it is in use. */
async function arriveAbandoned(chat: ArriveParts, id: number): Promise<Owner | undefined> {
  if (await isListenedFor(chat, id)) return undefined;
  await delay(GOODBYE);
  const user = await chat.store.user(id);
  if (user?.state === 'offline') return arriveOffline(chat, id);
  const owner = await chat.store.exclusively(id, async () => {
    if (await isListenedFor(chat, id)) return 'a faster node';
    // The old node may have set the account offline after all, and another one have let the user in since.
    const isOurs = async () => (await chat.store.goOnline(id)) || (await chat.bus.subscribers(id)) <= 1;
    return askFor(chat, id, isOurs);
  });
  // Not before the lock is free: it takes the lock itself.
  if (typeof owner === 'string') await turnBack(chat, id);
  else if (owner !== undefined)
    stayOnline(chat, id).catch((error) => unexpected(error, 'a user who stays online'));
  return owner;
}

/** away -> arriving: listens for the user, and takes that back when the account is not ours after all. */
async function askFor(chat: ArriveParts, id: number, isOurs: () => Promise<boolean>): Promise<Owner> {
  let owner: Owner = 'a faster node';
  // From now on messages for the user wait here.
  const session = chat.presence.arrive(id);
  try {
    await chat.delivery.published(id);
    await chat.bus.listen(id);
    if (await isOurs()) owner = (await isOwnedElsewhere(chat, id)) ? 'its former node' : session;
    if (owner === session) chat.bus.own(id);
    return owner;
  } finally {
    // Messages that were published meanwhile may have come to this node only: they go on from its queue.
    if (owner !== session) await stopListening(chat, session);
  }
}

/** Whether a node that has let the user in listens for it still. Its word that the user has left may be on the way. */
async function isOwnedElsewhere({ bus }: ArriveParts, id: number): Promise<boolean> {
  return bus.isOwned(id) && (await bus.subscribers(id).catch(() => 0)) > 1;
}

/**
 * The node that had the account may only be slow, and may still set it offline. For LAST_WORD seconds that is put right
 * once a second. Without this another node could let the same user in.
 */
async function stayOnline({ presence, store }: ArriveParts, id: number): Promise<void> {
  const isHere = () => presence.isOnline(id);
  for (let second = 1; second <= LAST_WORD; second++) {
    await delay(1000, undefined, { ref: false });
    await presence.oneAtATime(id, async () => isHere() && store.goOnline(id)).catch(() => {});
  }
}

/** Whether any node listens for the user. When the bus is away nobody can tell, and the account stays in use. */
async function isListenedFor(chat: ArriveParts, id: number): Promise<boolean> {
  try {
    return (await chat.bus.subscribers(id)) > 0;
  } catch {
    return true;
  }
}

/** arriving -> away: messages that came meanwhile go to another node, or are stored. */
async function stopListening({ presence, bus, delivery }: ArriveParts, session: Session): Promise<void> {
  const { id } = session;
  // Until the node has unsubscribed, messages on the user's channel belong behind those in its queue.
  await bus.forget([id]);
  presence.forget(session);
  delivery.pump(id);
}

/**
 * Ends the login that an account has on another connection, here or on another node of ours, where the dialect says
 * so: its client may be gone without a word.
 *
 * @returns false when the account stays in use: the dialect does not do so, or it is on this very connection
 */
export async function takeOver(
  chat: LeaveParts & Pick<Chat, 'dialect'>,
  connection: Connection,
  userid: number,
): Promise<boolean> {
  if (!chat.dialect.takeover || connection.users.has(userid)) return false;
  const end = performance.now() + PATIENCE;
  const gone = letGo(chat, userid);
  chat.bus.tellTaken(userid);
  await Promise.race([gone, delay(PATIENCE, undefined, { ref: false })]);
  for (;;) {
    // Before the question: the word may come while the database is asked.
    const released = chat.bus.released(userid, delay(LOOK));
    if (await isFree(chat, userid)) return true;
    if (performance.now() >= end) return false;
    await released;
  }
}

async function isFree(
  { presence, store }: Pick<Chat, 'presence' | 'store'>,
  userid: number,
): Promise<boolean> {
  if (presence.get(userid) !== undefined) return false;
  return (await store.user(userid))?.state !== 'online';
}
