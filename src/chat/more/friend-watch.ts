import type { Bus } from '../../bus/bus.js';
import type { Presence } from '../../delivery/presence.js';
import type { Session } from '../../delivery/session.js';
import { guarded, unexpected } from '../../net/guard.js';
import type { Dialect } from '../../protocol/dialect.js';
import { FRIEND_STATE } from '../../protocol/verbs.js';
import { type Friend, type Store, StoreUnavailable } from '../../store/store.js';
import { tellIfWanted, wants } from './wishes.js';

/** Every friend that is watched is looked at once a second, a tenth of them at a time, and at most 10,000 at once. */
const [LOOK, PARTS, MOST_AT_ONCE] = [100, 10, 10_000];
/** At most 1,000 notices are written in one look. */
const MOST_NOTICES = 1000;
/**
 * A friend is told of at most once in this time, in ms: else one that comes and goes all the time would cause a
 * storm.
 */
const REST = 10_000;
/** A friend has gone when it is missing at two looks in a row. One that connects again at once has not gone. */
const MISSED = 2;
/** At most 5,000 friends are asked of the table at once, every 30 s (in ms): only those who are on no node of ours. */
const [MOST_ASKED, ROUND] = [5000, 30_000];
/** At most 1,000,000 friends are watched in all; a friend counts once for each user who watches it. */
const MOST_WATCHED = 1_000_000;

interface Watched {
  readonly id: number;
  readonly by: Set<Session>;
  /** The state that its watchers were told. */
  isOnline: boolean;
  /** When they were told of it, by `performance.now()`. */
  at: number;
  /** The number of looks in a row at which it was missing. */
  missed: number;
}

/** A notice that is being written, and the sessions that do not have it yet. */
interface Telling {
  readonly notice: Buffer;
  readonly to: Iterator<Session>;
}

/** The parts that FriendWatch works with. */
export interface FriendWatchParts {
  readonly store: Pick<Store, 'friends' | 'online'>;
  readonly presence: Pick<Presence, 'isOnline'>;
  readonly bus: Pick<Bus, 'isOwned' | 'subscribers'>;
  readonly dialect: Pick<Dialect, 'replies'>;
}

/**
 * Tells users which of their friends come and go, if their clients want to know it (PROTOCOL.md section 9).
 *
 * 1. FriendWatch looks; nobody tells it that somebody has come. So a crowd that comes and goes costs no more than one
 *    that stays.
 * 2. A friend at an original node is online when the table says so and somebody listens for it. The table is asked
 *    every half a minute.
 * 3. The number of watched friends is bounded. A user for whose friends there is no room is told nothing.
 */
export class FriendWatch {
  private readonly parts: FriendWatchParts;
  private readonly now: () => number;
  private readonly watched = new Map<number, Watched>();
  private readonly lists = new Map<Session, readonly number[]>();
  /** Users whose friends are being read; true: the friends have changed meanwhile. */
  private readonly reading = new Map<Session, boolean>();
  /** Friends at original nodes. */
  private readonly elsewhere = new Set<number>();
  private count = 0;
  private looks: Iterator<Watched> | undefined;
  private asks: Iterator<Watched> | undefined;
  private ends: Iterator<[Session, readonly number[]]> | undefined;
  private telling: Telling | undefined;
  private timer: NodeJS.Timeout | undefined;
  private asked = 0;
  private isAsking = false;

  constructor(parts: FriendWatchParts, now = () => performance.now()) {
    this.parts = parts;
    this.now = now;
  }

  /** How many friends are watched, each counted for each who watches it. */
  get size(): number {
    return this.count;
  }

  /** A user has logged in, its friends have changed, or its client wants something else. Never throws. */
  change(session: Session | undefined): void {
    if (session === undefined) return;
    if (!session.isOnline || !wants(session, 'friends')) {
      if (this.lists.has(session)) this.end(session);
    } else if (this.reading.has(session)) this.reading.set(session, true);
    else this.read(session).catch((error) => unexpected(error, 'who watches its friends'));
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.timer);
  }

  /** Looks at the next of the friends. */
  look(): void {
    let left = this.tell(MOST_NOTICES);
    const most = Math.min(MOST_AT_ONCE, Math.ceil(this.watched.size / PARTS));
    for (let n = 0; n < most && left > 0; n++) {
      this.looks ??= this.watched.values();
      const next = this.looks.next();
      if (next.done) {
        this.looks = undefined;
        break;
      }
      this.lookAt(next.value);
      left = this.tell(left);
    }
    this.endSome();
  }

  /** Ends the watch of those who have left: of a crowd that leaves at once some at a time. */
  private endSome(): void {
    for (let left = MOST_AT_ONCE; left > 0; left--) {
      this.ends ??= this.lists.entries();
      const next = this.ends.next();
      if (next.done) {
        this.ends = undefined;
        return;
      }
      const [session, ids] = next.value;
      if (session.isOnline) continue;
      this.end(session);
      left -= ids.length;
    }
  }

  /** Asks the table which friends are at original nodes: the next ones. Rejects with StoreUnavailable. */
  async ask(): Promise<void> {
    const { store, bus } = this.parts;
    this.asks ??= this.watched.values();
    const ids: number[] = [];
    for (let n = 0; n < MOST_ASKED; n++) {
      const next: IteratorResult<Watched> = this.asks.next();
      if (next.done) {
        this.asks = undefined;
        break;
      }
      if (this.isOurs(next.value.id)) this.elsewhere.delete(next.value.id);
      else ids.push(next.value.id);
    }
    if (ids.length === 0) return;
    const online = new Set(await store.online(ids));
    for (const id of ids) {
      const listeners =
        online.has(id) && !this.isOurs(id) ? await bus.subscribers(id).catch(() => undefined) : 0;
      // While Redis is away nobody knows.
      if (listeners === undefined) return;
      if (listeners > 0 && this.watched.has(id)) this.elsewhere.add(id);
      else this.elsewhere.delete(id);
    }
  }

  private async read(session: Session): Promise<void> {
    this.reading.set(session, false);
    try {
      const friends = await this.parts.store.friends(session.id);
      this.setList(session, friends);
      this.asked ||= this.now();
      if (this.lists.size > 0)
        this.timer ??= setInterval(guarded('a look at friends', this.turn.bind(this)), LOOK).unref();
    } catch (error) {
      // The next change, or the next login, tries it again.
      if (!(error instanceof StoreUnavailable)) throw error;
    } finally {
      const again = this.reading.get(session);
      this.reading.delete(session);
      if (again) this.change(session);
    }
  }

  /** Friends that were on the list before stay as they are: the client knows their states. */
  private setList(session: Session, friends: readonly Friend[]): void {
    const before = this.lists.get(session) ?? [];
    const more = friends.length - before.length;
    const isWanted = session.isOnline && wants(session, 'friends');
    if (!isWanted || this.count + more > MOST_WATCHED) {
      this.end(session);
      return;
    }
    const ids = friends.map(({ id }) => id);
    const [had, has] = [new Set(before), new Set(ids)];
    this.lists.set(session, ids);
    this.count += more;
    for (const id of before) if (!has.has(id)) this.forget(session, id);
    for (const { id, state } of friends) if (!had.has(id)) this.begin(session, id, state === 'online');
  }

  /**
   * The client is told of a friend who is online: it may know another state by now, or none.
   *
   * @param inTable whether the table says that it is online
   */
  private begin(session: Session, id: number, inTable: boolean): void {
    const known = this.watched.get(id);
    known?.by.add(session);
    if (known === undefined) {
      const watched = { id, by: new Set([session]), isOnline: inTable, at: Number.NEGATIVE_INFINITY };
      this.watched.set(id, { ...watched, missed: 0 });
      // The next round says whether it is so.
      if (inTable && !this.isOurs(id)) this.elsewhere.add(id);
    }
    const isOnline = known?.isOnline ?? inTable;
    const notice = isOnline || inTable ? this.noticeOf(id, isOnline) : undefined;
    if (notice !== undefined) tellIfWanted(session, 'friends', notice);
  }

  private end(session: Session): void {
    const ids = this.lists.get(session) ?? [];
    this.lists.delete(session);
    this.count -= ids.length;
    for (const id of ids) this.forget(session, id);
    if (this.lists.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private turn(): void {
    this.look();
    const now = this.now();
    if (this.isAsking || now - this.asked < ROUND) return;
    this.asked = now;
    this.isAsking = true;
    this.ask()
      .catch((error) => {
        if (!(error instanceof StoreUnavailable)) unexpected(error, 'which friends are at other nodes');
      })
      .finally(() => {
        this.isAsking = false;
      });
  }

  private isOurs(id: number): boolean {
    return this.parts.presence.isOnline(id) || this.parts.bus.isOwned(id);
  }

  private lookAt(watched: Watched): void {
    const { id } = watched;
    const isOurs = this.isOurs(id);
    // A friend that came from an original node to one of ours, and left it, is with none.
    if (isOurs) this.elsewhere.delete(id);
    const isOnline = isOurs || this.elsewhere.has(id);
    watched.missed = isOnline ? 0 : watched.missed + 1;
    const now = this.now();
    if (isOnline === watched.isOnline || now - watched.at < REST) return;
    if (!isOnline && watched.missed < MISSED) return;
    watched.isOnline = isOnline;
    watched.at = now;
    const notice = this.noticeOf(id, isOnline);
    if (notice !== undefined) this.telling = { notice, to: watched.by.values() };
  }

  /** Writes at most `most` notices. Returns how many more may be written. */
  private tell(most: number): number {
    let left = most;
    while (this.telling !== undefined && left > 0) {
      const { notice, to } = this.telling;
      const next = to.next();
      if (next.done) this.telling = undefined;
      else {
        tellIfWanted(next.value, 'friends', notice);
        left--;
      }
    }
    return left;
  }

  /** It is not watched any more by this user. */
  private forget(session: Session, id: number): void {
    const watched = this.watched.get(id);
    watched?.by.delete(session);
    if (watched?.by.size !== 0) return;
    this.watched.delete(id);
    this.elsewhere.delete(id);
  }

  private noticeOf(id: number, isOnline: boolean): Buffer | undefined {
    return this.parts.dialect.replies.write(FRIEND_STATE, 'ok', {
      id,
      state: isOnline ? 'online' : 'offline',
    });
  }
}
