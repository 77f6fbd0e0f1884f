import { setTimeout as delay } from 'node:timers/promises';
import type { Session, Unread } from '../delivery/session.js';
import { LIMITS } from '../limits.js';
import type { Connection } from '../net/connection.js';
import { unexpected } from '../net/guard.js';
import { Signal } from '../net/signal.js';
import { PAGE_BYTES, StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';
import { untilThere } from './until-there.js';

/** The parts that catching up works with. */
export type CatchUpParts = HandOverParts & Pick<Chat, 'delivery' | 'bus' | 'budget' | 'suspicion'>;

/** At most 256 KiB of messages wait in memory for a slow consumer. More are stored, and all when a sender is braked. */
const MOST_WAITING = 262_144;
/**
 * At most this many bytes of waiting messages go to a connection at once, and one message beyond that. The rest goes
 * when these have left. More at once would end the connection of a client that reads, as if it were a slow consumer.
 */
const GIVEN_AT_ONCE = LIMITS.maxWaiting / 2;
/** Named in the log with an unexpected error. */
const WHERE = 'the catching up of a user';

/**
 * catchingUp -> live: gives a user its messages in order, first the stored ones, then those in its queue, until nothing
 * older is left anywhere. A slow consumer gets them as it reads.
 *
 * 1. At most one catching up runs for a user (`Session.startCatchUp`).
 * 2. While older messages for the user are being stored, or are with another node, it is given nothing newer.
 * 3. It ends when the user is live or leaves, and never rejects.
 *
 * @param before resolves when the connection has sent messages that are older than all these
 */
export function catchUp(chat: CatchUpParts, session: Session, before?: Promise<void>): void {
  if (session.catchingUp !== undefined) return;
  if (before === undefined && isUpToDate(chat, session)) session.goLive();
  else session.startCatchUp(() => run(chat, session, before));
}

/** Whether there is nothing to catch up with. */
function isUpToDate({ delivery, bus }: CatchUpParts, session: Session): boolean {
  const { id, state, isSlow, unread, hasSentStored } = session;
  if (state !== 'catchingUp' || isSlow || unread !== 'no' || hasSentStored) return false;
  const { count, busy } = delivery.waiting(id);
  return count === 0 && !busy && !bus.isInFlight(id);
}

async function run(chat: CatchUpParts, session: Session, before: Promise<void> | undefined): Promise<void> {
  try {
    await storingMeanwhile(chat, session, before);
    // The user may fall behind again while the last stored messages are deleted. A user who leaves ends this loop:
    // `leave` deletes the rest, as it knows when that is stored.
    while (session.state === 'catchingUp') await step(chat, session);
  } catch (error) {
    unexpected(error, WHERE);
  } finally {
    session.endCatchUp();
  }
}

/** One step. After an unexpected error it is tried again: else the user's messages would wait until it leaves. */
async function step(chat: CatchUpParts, session: Session): Promise<void> {
  try {
    await nextStep(chat, session);
  } catch (error) {
    unexpected(error, WHERE);
    await changedOrLater(session);
  }
}

/** Does the next thing, or waits for it. Returns undefined when it was done at once. */
function nextStep(chat: CatchUpParts, session: Session): Promise<void> | undefined {
  const { delivery, bus } = chat;
  const { id, connection, changed, isSlow, hasSentStored, unread } = session;
  const { count, busy } = delivery.waiting(id);
  // `changed` tells that the user leaves, or that its messages are stored: then nothing is waited for any longer.
  if (busy) return changed.next();
  if (isSlow) {
    const drained = connection?.drained();
    if (drained !== undefined) return untilDrained(chat, session, drained);
    session.setSlow(false);
  }
  if (hasSentStored) return removeSent(chat, session);
  if (bus.isInFlight(id)) return changed.next();
  if (unread !== 'no') return giveStored(chat, session, connection, unread);
  if (count === 0) return void session.goLive();
  const drained = connection?.drained();
  if (drained !== undefined) return Signal.first(changed, drained);
  delivery.sendWaiting(session, GIVEN_AT_ONCE);
  return undefined;
}

/** Waits for a slow consumer. Messages that wait for it meanwhile are stored when they are too much. */
function untilDrained(chat: CatchUpParts, session: Session, drained: Signal): Promise<void> {
  if (isTooMuch(chat, session, MOST_WAITING)) return storeWaiting(chat, session);
  return Signal.first(session.changed, chat.budget.pressed, drained);
}

/**
 * Whether the messages that wait for a user are to be stored: they are more than `most` bytes, or more than one
 * client's share of the memory; or a sender is braked, and some of them may be its own. Without the last rule a
 * sender who writes a little to each of many users who do not read would be held up until one of them reads.
 */
function isTooMuch({ delivery, bus, budget }: CatchUpParts, { id }: Session, most: number): boolean {
  const { bytes, busy } = delivery.waiting(id);
  if (bytes === 0 || busy || bus.isInFlight(id)) return false;
  return budget.braked > 0 || bytes > Math.min(most, budget.share);
}

/**
 * Stores the messages that wait for a user. Resolves when that is done, or there may be something else to do for the
 * user.
 */
async function storeWaiting({ delivery }: CatchUpParts, session: Session): Promise<void> {
  await Promise.race([delivery.spill(session), session.changed.next()]);
}

/**
 * Resolves with `work`, which gives the user messages that are older than those that wait for it. A client that does
 * not read may make that last. Messages that wait meanwhile are stored when they are too much: else their senders
 * would be braked for as long.
 */
async function storingMeanwhile(chat: CatchUpParts, session: Session, work?: Promise<void>): Promise<void> {
  if (work === undefined) return;
  const { changed } = session;
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
    changed.tell();
  });
  while (!isOver && session.state === 'catchingUp') {
    if (isTooMuch(chat, session, Number.POSITIVE_INFINITY)) await storeWaiting(chat, session);
    else await Signal.first(changed, chat.budget.pressed);
  }
  await over;
}

/**
 * Deletes the messages that were stored for a slow consumer and have left for it all the same: else they would come
 * twice.
 */
export async function removeSent(chat: HandOverParts, session: Session): Promise<void> {
  const texts = session.takeSentStored();
  if (texts.length > 0) await remove(chat, session.id, texts);
}

/** Reads the oldest of a user's stored messages. When these are not all, the user stays unread. */
export async function readStored(
  { store }: Pick<Chat, 'store'>,
  session: Session,
): Promise<readonly string[]> {
  session.markRead();
  const texts = await store.storedMessages(session.id, LIMITS.storedPage);
  const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (texts.length === LIMITS.storedPage || size >= PAGE_BYTES) session.markUnread('yes');
  return texts;
}

async function giveStored(
  chat: CatchUpParts,
  session: Session,
  connection: Connection | undefined,
  unread: Unread,
): Promise<void> {
  if (connection === undefined) return;
  try {
    const texts = await readStored(chat, session);
    if (texts.length === 0) return;
    await storingMeanwhile(chat, session, handOver(chat, connection, session, singly(texts)));
  } catch (error) {
    if (unread === 'perhaps' && session.unread !== 'yes' && error instanceof StoreUnavailable) {
      // Perhaps nothing is stored for the user: then it must not wait for a database that is away.
      chat.suspicion.postpone(session.id);
      return;
    }
    session.markUnread('yes');
    if (!(error instanceof StoreUnavailable))
      chat.log.error({ err: error, userid: session.id }, 'stored messages stay stored');
    await changedOrLater(session);
  }
}

/** Resolves after a while, or as soon as something has changed for the user, who may have left. */
async function changedOrLater({ changed }: Session): Promise<void> {
  await Promise.race([changed.next(), delay(LIMITS.retry)]);
}

/** The parts that handing over works with. */
export type HandOverParts = Pick<Chat, 'store' | 'stopping' | 'log' | 'trace'>;

/** Bytes for a client, and the stored messages that are in them. */
export interface Piece {
  readonly bytes: Buffer;
  readonly texts: readonly string[];
  /** It answers a request: the client's next one is handled when it has left. */
  readonly isReply: boolean;
}

/** At most 256 KiB of stored messages are on their way to a client at once. The others wait until these have left. */
const HANDED_OVER_AT_ONCE = 262_144;

/** Each stored message as a message of its own. */
export function singly(texts: readonly string[]): Piece[] {
  return texts.map((text) => ({ bytes: Buffer.from(text), texts: [text], isReply: false }));
}

/**
 * Sends pieces of output to a user in order, and deletes the stored messages that have left, and only those
 * (DIFFERENCES 8). Resolves when that is done, the user has left or the connection has ended. Never rejects.
 */
export async function handOver(
  chat: HandOverParts,
  connection: Connection,
  session: Session,
  pieces: readonly Piece[],
): Promise<void> {
  for (let next = 0; next < pieces.length && !connection.ended && !session.hasLeft; ) {
    const window = firstOf(pieces, next);
    next += window.length;
    for (const { texts } of window)
      for (const text of texts) chat.trace?.('was read from the database', session.id, text);
    const sent = await send(connection, session.id, window);
    if (sent.length > 0) await remove(chat, session.id, sent);
  }
}

/** Deletes stored messages that have left, now or when the database is there; at a stop it is tried once. Never rejects. */
export async function remove(
  { store, stopping, log, trace }: HandOverParts,
  userid: number,
  texts: string[],
): Promise<void> {
  try {
    const remove = () => store.removeMessages(userid, texts);
    await (stopping.aborted ? remove() : untilThere(remove, stopping));
    for (const text of texts) trace?.('is deleted from the database', userid, text);
  } catch (error) {
    log.error({ err: error, userid, count: texts.length }, 'messages that were delivered stay stored');
  }
}

/** The pieces from `from` on that fit into a window; at least one. */
function firstOf(pieces: readonly Piece[], from: number): readonly Piece[] {
  let size = 0;
  let to = from;
  for (; to < pieces.length; to++) {
    size += pieces[to]?.bytes.length ?? 0;
    if (size > HANDED_OVER_AT_ONCE && to > from) break;
  }
  return pieces.slice(from, to);
}

/** Sends pieces. Resolves, once all have left or the connection has ended, with the texts that left. */
function send(connection: Connection, userid: number, pieces: readonly Piece[]): Promise<string[]> {
  return new Promise((resolve) => {
    const taken: string[] = [];
    let waiting = pieces.length;
    const one = () => {
      waiting--;
      if (waiting === 0) resolve(taken);
    };
    for (const { bytes, texts } of pieces) {
      const sent = () => {
        taken.push(...texts);
        one();
      };
      // `unsent` stores nothing: a message stays in the database until it has left.
      if (!connection.send(bytes, { userid, sent, unsent: one })) one();
    }
  });
}
