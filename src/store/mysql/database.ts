import { setTimeout as delay } from 'node:timers/promises';
import { limit } from '../limit.js';
import { isLocked, isLost, isOfDatabase, isPassing, isRefusal } from './failure.js';
import { joined } from './joiner.js';
import type { Ask } from './link.js';
import { CHAT_SQL } from './names.js';
import { PAUSE, Pool, type PoolOptions, unavailable } from './pool.js';
import { bytesOf } from './text.js';
import { type Speaker, watched } from './watch.js';

type Work<T> = (link: Speaker, again: boolean) => Promise<T>;
type Gate = ReturnType<typeof limit>;

/** The most bytes of a statement, and the share of a packet that it may take. */
const MOST_BYTES = 512 * 1024;
const ROOM = 1 / 2;

/**
 * Asks the database, waiting for it when it is away (DIFFERENCES 16): what was cut off is asked again until
 * `patience` has passed, then calls reject with StoreUnavailable. No call takes longer than twice that.
 * Whatever else the database answers is StoreUnavailable too, at once, unless it refuses what is in a row:
 * a full disk or a right that was taken away is not the fault of those who ask.
 */
export class Database {
  readonly #options: PoolOptions;
  readonly #pool: Pool;
  readonly #gate: Gate;
  /** What tables and columns are called. */
  names = CHAT_SQL;
  /** What went wrong last, until something goes right. */
  #stuck: unknown;

  constructor(options: PoolOptions, pool = new Pool(options), gate?: Gate) {
    this.#options = options;
    this.#pool = pool;
    this.#gate = gate ?? ((work) => work());
  }

  /**
   * The same database, for one kind of work that takes so many connections at most: if all of it is stuck,
   * there are others left.
   */
  narrow(lanes: number): Database {
    const narrow = new Database(this.#options, this.#pool, limit(lanes));
    narrow.names = this.names;
    return narrow;
  }

  /** SQL for the bytes of a text column, to be read with textOf and compared with buffers. */
  bytes(column: string): string {
    return bytesOf(column, this.#options.charset);
  }

  /** The form in which a name, also of a group, or its description, is stored and found (DIFFERENCES 20). */
  nameFor(name: string): string {
    return this.#options.charset === 'gbk' ? joined(name) : name;
  }

  /** How long a call waits for a database that is away, in ms. */
  get patience(): number {
    return this.#options.patience;
  }

  /** The most bytes that a statement should have, to fit into a packet with room to spare. */
  get mostBytes(): number {
    return Math.min(MOST_BYTES, this.#pool.packet * ROOM);
  }

  /** Runs one statement, prepared. It may run again when its answer was lost. */
  readonly ask: Ask = (sql, values) => this.session((link) => link.ask(sql, values));

  /**
   * Runs `work` on one connection, and again on another when that one is lost; `again` tells that an earlier
   * run may have come through. What was asked `since` waits from then on.
   */
  session<T>(work: Work<T>, since = performance.now()): Promise<T> {
    return this.#gate(() => this.#session(work, since + this.patience));
  }

  async #session<T>(work: Work<T>, end: number): Promise<T> {
    // It has waited long enough for others who are stuck.
    if (this.#stuck !== undefined && performance.now() >= end) throw unavailable(this.#stuck);
    let last: unknown;
    for (let again = false; ; again = true) {
      const link = await this.#pool.take(end - performance.now(), last);
      try {
        const result = await work(watched(link, this.#options.watch), again);
        this.#stuck = undefined;
        return result;
      } catch (error) {
        if (isRefusal(error) || !isOfDatabase(error)) throw error;
        this.#stuck = error;
        if (isPassing(error) && !isLocked(error)) link.destroy();
        if (!isPassing(error) || performance.now() >= end) throw unavailable(error);
        last = error;
      } finally {
        this.#pool.give(link);
      }
      await delay(PAUSE);
    }
  }

  /**
   * Runs `work` in a transaction, again as session does; rolled back when it gives false or rejects.
   * With `read committed` it locks only the rows that it changes.
   */
  transaction(work: (ask: Ask) => Promise<boolean>, isolation?: 'read committed'): Promise<boolean> {
    const level = isolation && `set transaction isolation level ${isolation}; `;
    return this.session(async ({ ask }) => {
      await ask(`${level ?? ''}start transaction`);
      try {
        const agreed = await work(ask);
        await ask(agreed ? 'commit' : 'rollback');
        return agreed;
      } catch (error) {
        if (!isLost(error)) await ask('rollback').catch(() => {});
        throw error;
      }
    });
  }

  /** Ends all connections. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}
