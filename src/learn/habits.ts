import type { DialectFile } from '../dialect/file.js';
import { isCalled, REPLY_WORDS } from '../dialect/words.js';
import type { Acks } from './ack.js';
import { relayedNumbers, split } from './acks.js';
import { listCalled, objectsIn } from './lists.js';
import { outcomeOf } from './outcome.js';
import type { Said, Session } from './session.js';
import type { Understood } from './verbs.js';

/** What a dialect file says about what is stored, and about friendships. */
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
  const logins = new Map(acks.get('login')?.acks.map(({ document, asked }) => [document, asked.at]));
  let place: 'before' | 'after' | undefined;
  for (const [at, said] of session.said.entries()) {
    if (said.from !== 'server' || !relayed.has(Number(said.document[typeKey]))) continue;
    const login = lastLogin(session.said.slice(0, at), said.connection, kinds, typeKey);
    if (login === undefined || !wasSentBefore(session.said, login, said, typeKey)) continue;
    const isAnswered = session.said.slice(login, at).some(({ document }) => logins.has(document));
    place = isAnswered ? 'after' : 'before';
  }
  return place === undefined ? {} : { stored: place };
}

/** The place of the last login on a connection. */
function lastLogin(said: readonly Said[], connection: number, kinds: readonly Understood[], typeKey: string) {
  const number = kinds.find(({ verb }) => verb === 'login')?.number;
  const at = said.findLastIndex(
    (one) => one.from === 'client' && one.connection === connection && one.document[typeKey] === number,
  );
  return at < 0 ? undefined : at;
}

/** Whether a client sent this before that login, and not after it. */
function wasSentBefore(said: readonly Said[], login: number, { document }: Said, typeKey: string): boolean {
  const text = (one: Said) =>
    JSON.stringify(one.document.msg ?? one.document.message ?? one.document.content);
  const isIt = (one: Said) =>
    one.from === 'client' &&
    one.document[typeKey] === document[typeKey] &&
    text(one) === text({ ...one, document });
  return said.slice(0, login).some(isIt) && !said.slice(login).some(isIt);
}

/** Who is in a friend's list without having added that friend: friendships go both ways. */
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
    const id = document[idKey] ?? asked.document[asked.shape.names.id ?? ''];
    const friends = Object.entries(document).flatMap(([key, value]) =>
      Array.isArray(value) && listCalled(key, value, typeKey) === 'friends' ? objectsIn(value) : [],
    );
    const ids = friends.map((friend) => Object.values(friend).find(Number.isInteger));
    if (ids.some((friend) => !added.has(`${id} ${friend}`) && added.has(`${friend} ${id}`)))
      return { friendship: 'both ways' };
  }
  return {};
}
