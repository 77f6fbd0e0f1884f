import type { Connection } from '../net/connection.js';
import { Refused } from './refused.js';

/** The two lists of an account that a login reads. */
type Kind = 'friends' | 'groups';

/** One list of an account: its length, and, once the limit is reached, its ids. */
interface Held {
  count: number;
  ids?: Set<number>;
}

/** One more friend, or group; `id` is undefined for a group that is yet to be made. */
export interface Wanted {
  readonly userid: number;
  readonly kind: Kind;
  readonly id?: number;
}

/** Reads the list of a user from the database. */
type Read = (userid: number) => Promise<readonly { readonly id: number }[]>;

/** Others may fill at most half of an account's list of friends without asking it. */
const GIVEN = 0.5;

/**
 * How many friends and groups each user has who is logged in. A login reads them all: a user who could add without end
 * would stop everybody at each of its logins. They are counted at the login. Once the limit is reached the database is
 * asked for their ids, so that adding one that is there already is no addition. A user who has more from before keeps
 * them.
 */
export class Holdings {
  private readonly connections = new WeakMap<Connection, Map<number, Record<Kind, Held>>>();
  /** How many friendships are being given to an account now. */
  private readonly underWay = new Map<number, number>();
  private readonly limits: Readonly<Record<Kind, number>>;

  /** @param limits the most that an account may have; 0 for no limit */
  constructor(limits: Readonly<Record<Kind, number>>) {
    this.limits = limits;
  }

  /** A user has logged in on a connection, with this many friends and groups. */
  note(connection: Connection, userid: number, { friends, groups }: Readonly<Record<Kind, number>>): void {
    const users = this.connections.get(connection) ?? new Map<number, Record<Kind, Held>>();
    this.connections.set(
      connection,
      users.set(userid, { friends: { count: friends }, groups: { count: groups } }),
    );
  }

  /**
   * Rejects with Refused when a user has as many as it may have, and this would be one more.
   *
   * @param read reads the list from the database: asked once for each login, and only at the limit
   */
  async check(connection: Connection, { userid, kind, id }: Wanted, read: Read): Promise<void> {
    const held = this.heldBy(connection, userid, kind);
    const limit = this.limits[kind];
    if (held === undefined || limit === 0 || held.count < limit) return;
    if (held.ids === undefined) {
      held.ids = new Set((await read(userid)).map((item) => item.id));
      held.count = held.ids.size;
    }
    if (held.count >= limit && !(id !== undefined && held.ids.has(id))) throw new Refused(`too many ${kind}`);
  }

  /**
   * Stores a friendship that an account gets without having asked for it, as dialects have it where friendships go both
   * ways. Rejects with Refused when others have filled their part of its list: the rest of it is for those whom it adds
   * itself. Otherwise strangers could fill the list, and keep it from adding anyone.
   *
   * @param userid whose list
   * @param friendid who would be in it
   * @param store stores it
   */
  async giveFriend(
    userid: number,
    friendid: number,
    read: Read,
    store: () => Promise<boolean>,
  ): Promise<boolean> {
    const limit = this.limits.friends;
    if (limit === 0) return store();
    const underWay = this.underWay.get(userid) ?? 0;
    this.underWay.set(userid, underWay + 1);
    try {
      const friends = await read(userid);
      const isNew = !friends.some(({ id }) => id === friendid);
      if (isNew && friends.length + underWay >= limit * GIVEN)
        throw new Refused('the other has too many friends');
      return await store();
    } finally {
      const others = (this.underWay.get(userid) ?? 0) - 1;
      if (others > 0) this.underWay.set(userid, others);
      else this.underWay.delete(userid);
    }
  }

  /** The database has one more friend or group of a user. */
  added(connection: Connection, { userid, kind, id }: Wanted): void {
    const held = this.heldBy(connection, userid, kind);
    if (held === undefined) return;
    if (held.ids === undefined || id === undefined) held.count++;
    else held.count = held.ids.add(id).size;
  }

  /** The database has one friend or group of a user less. */
  removed(connection: Connection, { userid, kind, id }: Wanted): void {
    const held = this.heldBy(connection, userid, kind);
    if (held === undefined) return;
    if (held.ids === undefined || id === undefined) held.count = Math.max(0, held.count - 1);
    else {
      held.ids.delete(id);
      held.count = held.ids.size;
    }
  }

  /**
   * Undefined for a user who has not logged in and is believed all the same (`--trust-client-ids`): it has no limits.
   */
  private heldBy(connection: Connection, userid: number, kind: Kind): Held | undefined {
    return this.connections.get(connection)?.get(userid)?.[kind];
  }
}

const HOUR = 3_600_000;

/**
 * At most 100,000 accounts are remembered. Beyond that the account is forgotten that has made no group for the
 * longest time.
 */
const MOST_ACCOUNTS = 100_000;

interface Hour {
  count: number;
  readonly until: number;
}

/** How many groups each account has made within an hour, whatever connections it made them on. */
export class Hourly {
  private readonly hours = new Map<number, Hour>();
  private readonly limit: number;
  private readonly now: () => number;

  /**
   * @param limit the most in an hour; 0 for no limit
   * @param now milliseconds of a clock that is never set
   */
  constructor(limit: number, now = () => performance.now()) {
    this.limit = limit;
    this.now = now;
  }

  /** Throws Refused when the account has made as many as it may. */
  check(userid: number): void {
    if (this.limit > 0 && this.current(userid).count >= this.limit)
      throw new Refused('too many groups in an hour');
  }

  /** The account has made one. */
  made(userid: number): void {
    if (this.limit === 0) return;
    const hour = this.current(userid);
    hour.count++;
    this.hours.delete(userid);
    this.hours.set(userid, hour);
    if (this.hours.size <= MOST_ACCOUNTS) return;
    for (const oldest of this.hours.keys()) {
      this.hours.delete(oldest);
      return;
    }
  }

  private current(userid: number): Hour {
    const now = this.now();
    const hour = this.hours.get(userid);
    return hour !== undefined && now < hour.until ? hour : { count: 0, until: now + HOUR };
  }
}
