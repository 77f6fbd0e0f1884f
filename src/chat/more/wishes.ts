import type { Session } from '../../delivery/session.js';
import type { Connection } from '../../net/connection.js';
import type { Message } from '../../protocol/message.js';
import { Refused } from '../refused.js';

/** The notices that a client may want without asking each time. It names them in the field `tell` of 101. */
const WISHES = ['recalled', 'friends'] as const;
export type Wish = (typeof WISHES)[number];

const NONE: ReadonlySet<Wish> = new Set();
const wishes = new WeakMap<Connection, ReadonlySet<Wish>>();

/** The number of notices for each user that wait until it has caught up. */
const waiting = new WeakMap<Session, number>();
/** At most 1,000 notices wait for a user. A user who does not read gets no more. */
const MOST_WAITING = 1000;

/**
 * Notes which notices a client wants, in place of its earlier wishes. Returns whether they are other ones. Throws Refused.
 */
export function noteWishes(connection: Connection, message: Message): boolean {
  const tell = message.raw('tell');
  if (tell === undefined) return false;
  if (!Array.isArray(tell)) throw new Refused('tell is not a list');
  // A name that only later servers know is none here.
  const wanted = new Set(WISHES.filter((wish) => tell.includes(wish)));
  const before = wishes.get(connection) ?? NONE;
  wishes.set(connection, wanted);
  return WISHES.some((wish) => wanted.has(wish) !== before.has(wish));
}

/** Whether the client of a user wants these notices. */
export function wants({ connection }: Session, wish: Wish): boolean {
  return connection !== undefined && (wishes.get(connection) ?? NONE).has(wish);
}

/**
 * Tells a user something, if its client wants to know it: behind all messages that are older. Nothing of it is stored, and
 * nothing becomes of it when the user leaves before.
 */
export function tellIfWanted(session: Session | undefined, wish: Wish, notice: Buffer): void {
  if (session?.isOnline !== true || !wants(session, wish)) return;
  const { catchingUp } = session;
  if (catchingUp === undefined) return void session.connection?.reply(notice);
  const count = waiting.get(session) ?? 0;
  if (count >= MOST_WAITING) return;
  waiting.set(session, count + 1);
  void catchingUp.then(() => {
    waiting.set(session, (waiting.get(session) ?? 1) - 1);
    if (session.isOnline) session.connection?.reply(notice);
  });
}
