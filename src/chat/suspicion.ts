import { setImmediate as turn } from 'node:timers/promises';
import type { Presence } from '../delivery/presence.js';
import type { Writer } from '../delivery/writer.js';
import { LIMITS } from '../limits.js';
import { unexpected } from '../net/guard.js';
import { pause } from '../store/pause.js';
import { type Store, StoreUnavailable } from '../store/store.js';

/** At most 500 users begin to catch up in one turn of the event loop: all at once would stop it for a second. */
const TOGETHER = 500;

/**
 * Other nodes may have stored messages for users of this one without telling it: they were cut off, or have died. The
 * users catch up with the database at once. While the database is away nobody can know: then they stay live, as chat
 * needs no database, and catch up when it is back. Messages that were stored then come behind those that were live.
 */
export class Suspicion {
  private readonly postponed = new Set<number>();
  private readonly store: Store;
  private readonly writer: Writer;
  private readonly presence: Presence;
  private readonly stopping: AbortSignal;

  constructor(parts: { store: Store; writer: Writer; presence: Presence; stopping: AbortSignal }) {
    this.store = parts.store;
    this.writer = parts.writer;
    this.presence = parts.presence;
    this.stopping = parts.stopping;
  }

  /** Messages may be stored for a user, or for all who are here. */
  raise(userid?: number): void {
    const isAway = this.postponed.size > 0 || this.writer.away;
    const userids = userid === undefined ? this.presence.userids : [userid];
    if (isAway) for (const userid of userids) this.postpone(userid);
    else this.tell(userids).catch((error) => unexpected(error, 'a look for stored messages'));
  }

  /** The database is away: the user catches up with it when it is back. */
  postpone(userid: number): void {
    this.postponed.add(userid);
    if (this.postponed.size === 1)
      this.look().catch((error) => unexpected(error, 'a look for stored messages'));
  }

  /** Until the database answers. */
  private async look(): Promise<void> {
    for (;;) {
      await pause(LIMITS.retry, this.stopping, false);
      if (this.stopping.aborted) return;
      const [first] = this.postponed;
      if (first === undefined || !(await this.answers(first))) continue;
      const userids = [...this.postponed];
      this.postponed.clear();
      return this.tell(userids);
    }
  }

  private async tell(userids: readonly number[]): Promise<void> {
    for (let from = 0; from < userids.length; from += TOGETHER) {
      if (from > 0) await turn();
      this.presence.noteStored(userids.slice(from, from + TOGETHER), 'perhaps');
    }
  }

  private async answers(userid: number): Promise<boolean> {
    try {
      await this.store.storedMessages(userid, 1);
      return true;
    } catch (error) {
      // An error that nobody knows must not end the look: those who are postponed would wait for ever.
      if (!(error instanceof StoreUnavailable)) unexpected(error, 'a look for stored messages');
      return false;
    }
  }
}
