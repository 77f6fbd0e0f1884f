import { numberOf, textOf } from '../client/core/foreign.js';
import type { DialectFile } from '../dialect/file.js';
import type { Plain } from '../dialect/shapes.js';
import { isCalled, REPLY_WORDS } from '../dialect/words.js';
import type { Acks } from './ack.js';
import { relayedNumbers, split } from './acks.js';
import { listCalled, objectsIn } from './lists.js';
import { outcomeOf } from './outcome.js';
import type { Session } from './session.js';
import type { Understood } from './verbs.js';

/** The parts of a dialect file about stored messages, and about friendships. */
export function learnHabits(
  kinds: readonly Understood[],
  acks: Acks,
  session: Session,
  typeKey: string,
): DialectFile {
  return { ...storedMessages(kinds, acks, session, typeKey), ...friendships(kinds, acks, typeKey) };
}

/** Messages that came with a login, though their senders had sent them before it. */
function storedMessages(
  kinds: readonly Understood[],
  acks: Acks,
  session: Session,
  typeKey: string,
): DialectFile {
  const relayed = relayedNumbers(kinds);
  const loginNumber = kinds.find(({ verb }) => verb === 'login')?.number;
  const answers = new Set(acks.get('login')?.acks.map(({ document }) => document));
  const lastSent = lastPlaces(session, typeKey);
  const logins = new Map<number, number>();
  let answered = -1;
  let place: 'before' | 'after' | undefined;
  for (const [at, { from, connection, document }] of session.said.entries()) {
    if (from === 'client' && document[typeKey] === loginNumber) logins.set(connection, at);
    const login = logins.get(connection) ?? -1;
    const isRelay = from === 'server' && relayed.has(numberOf(document[typeKey]));
    // Sent before that login, and not after it.
    if (isRelay && (lastSent.get(sayingOf(document, typeKey)) ?? at) < login)
      place = answered >= login ? 'after' : 'before';
    if (answers.has(document)) answered = at;
  }
  return place === undefined ? {} : { stored: place };
}

/** Where clients have sent each text last. */
function lastPlaces(session: Session, typeKey: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [at, { from, document }] of session.said.entries())
    if (from === 'client') places.set(sayingOf(document, typeKey), at);
  return places;
}

/** The same for all messages of one number with one text. */
function sayingOf(document: Plain, typeKey: string): string {
  return JSON.stringify([document[typeKey], document.msg ?? document.message ?? document.content]);
}

/** Friendships go both ways when a user is in a friend's list without having added that friend. */
function friendships(kinds: readonly Understood[], acks: Acks, typeKey: string): DialectFile {
  const adding = kinds.find(({ verb }) => verb === 'addFriend');
  const added = new Set(
    adding?.asked.map(({ document, shape: { names } }) => {
      const friend = names.friendid ?? names.toid ?? '';
      return `${document[names.id ?? '']} ${document[friend]}`;
    }),
  );
  const { done } = split(acks.get('login')?.acks ?? [], outcomeOf(acks, typeKey));
  for (const { document, asked } of done) {
    const idKey = Object.keys(document).find((key) => isCalled(key, REPLY_WORDS.id)) ?? '';
    const id = textOf(document[idKey] ?? asked.document[asked.shape.names.id ?? '']);
    const friends = Object.entries(document).flatMap(([key, value]) =>
      Array.isArray(value) && listCalled(key, value, typeKey) === 'friends' ? objectsIn(value) : [],
    );
    const ids = friends.map((friend) => Object.values(friend).find(Number.isInteger));
    if (ids.some((friend) => !added.has(`${id} ${friend}`) && added.has(`${friend} ${id}`)))
      return { friendship: 'both ways' };
  }
  return {};
}
