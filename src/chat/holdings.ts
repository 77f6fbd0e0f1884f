import type { Connection } from '../net/connection.js';
import { Refused } from './refused.js';

/** What an account may have many of. */
type Kind = 'friends' | 'groups';
type Counts = Record<Kind, number>;

/**
 * How many friends and groups the users have who are logged in: each of their logins reads them all, so who could
 * add without end would stop everybody at each login. They are counted at the login; what is added later counts
 * besides, also what was there already. Those who have more from before keep it.
 */
export class Holdings {
  private readonly connections = new WeakMap<Connection, Map<number, Counts>>();
  private readonly limits: Readonly<Counts>;

  /** @param limits the most that an account may have; 0 for no limit */
  constructor(limits: Readonly<Counts>) {
    this.limits = limits;
  }

  /** A user has logged in on a connection, and has so many. */
  note(connection: Connection, userid: number, counts: Readonly<Counts>): void {
    const users = this.connections.get(connection) ?? new Map<number, Counts>();
    this.connections.set(connection, users.set(userid, { ...counts }));
  }

  /** Counts one more for the sender of a message. Throws Refused when it has as many as it may have. */
  add(connection: Connection, userid: number, kind: Kind): void {
    const counts = this.connections.get(connection)?.get(userid);
    const limit = this.limits[kind];
    // Who is believed without a login (`--trust-client-ids`) is not counted.
    if (counts === undefined || limit === 0) return;
    if (counts[kind] >= limit) throw new Refused(`too many ${kind}`);
    counts[kind]++;
  }
}
