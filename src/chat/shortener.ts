import { setImmediate as turn } from 'node:timers/promises';
import type { Log } from '../ops/log.js';
import { fit, type Lists, leftOut } from '../protocol/fit.js';

/** The log tells of at most 100,000 users once. Then all are forgotten, and may be told of again. */
const MOST_TOLD = 100_000;

/** Shortens the lists of replies that would be too long for their clients, and tells it once for each user. */
export class Shortener {
  private readonly told = new Set<number>();
  private readonly log: Log;
  private last: Promise<void> = Promise.resolve();

  constructor(log: Log) {
    this.log = log;
  }

  /**
   * Leaves out of a user's lists what does not fit into a reply (DIFFERENCES 22).
   *
   * @param sizeOf how long the reply is with these lists, in bytes
   * @param room how long it may be, in bytes
   */
  shorten(userid: number, lists: Lists, sizeOf: (lists: Lists) => number, room: number): Lists {
    const kept = fit(lists, sizeOf, room);
    if (kept !== lists) this.tell(userid, leftOut(lists, kept));
    return kept;
  }

  /**
   * Resolves in a turn of the event loop in which no other login is answered. The database may answer very many logins
   * at once, and each is long at its lists: all in one turn would hold up everybody else.
   */
  ownTurn(): Promise<void> {
    this.last = this.last.then(() => turn());
    return this.last;
  }

  private tell(userid: number, leftOut: { friends: number; groups: number; members: number }): void {
    if (this.told.has(userid)) return;
    if (this.told.size >= MOST_TOLD) this.told.clear();
    this.told.add(userid);
    this.log.info({ userid, leftOut }, 'lists are left out of a login reply that its client could not read');
  }
}
