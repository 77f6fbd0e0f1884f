import { setTimeout as delay } from 'node:timers/promises';
import { limit } from '../limit.js';
import { isLocked, isLost, isOfDatabase, isReadOnly, isRefusal, isWrong } from './failure.js';
import { Hosts } from './hosts.js';
import { joined } from './joiner.js';
import type { Ask, LinkOptions } from './link.js';
import { CHAT_SQL } from './names.js';
import { OUTAGE, PAUSE, Pool, unavailable } from './pool.js';
import { bytesOf } from './text.js';
import { type Speaker, type Watch, watched } from './watch.js';

type Work<T> = (link: Speaker, again: boolean) => Promise<T>;
type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export interface DatabaseOptions extends LinkOptions {
  readonly watch?: Watch | undefined;
}

/** The most bytes of a statement, and the share of a packet that it may take. */
const MOST_BYTES = 512 * 1024;
const ROOM = 1 / 2;

/** The longest pause between two tries, in ms: each is twice as long as the one before. */
const LONGEST_PAUSE = 400;

/**
 * Asks the database, waiting for it when it is away (DIFFERENCES 16): a question that was cut off, or failed for a
 * reason that may pass, is asked again until `patience` has passed, then calls reject with StoreUnavailable. No call
 * takes longer than twice that. An error that waiting cannot mend, as a right that was taken away, is
 * StoreUnavailable at once; only the values of a row are the fault of the caller.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #pool: Pool;
  readonly #gate: Gate;
  /** The names of tables and columns. */
  names = CHAT_SQL;
  /** Whether a call ends at once when others have locked the rows that it needs. */
  readonly #leavesLocked: boolean;
  /** The last error, until something goes right. */
  #stuck: unknown;

  constructor(options: DatabaseOptions, pool: Pool, gate?: Gate, leavesLocked = false) {
    this.#leavesLocked = leavesLocked;
    this.#options = options;
    this.#pool = pool;
    this.#gate = gate ?? ((work) => work());
  }

  /** A database with at most `size` connections of its own. */
  static open({ url, size, ...options }: DatabaseOptions & { readonly url: string; readonly size: number }) {
    return new Database(options, new Pool({ ...options, hosts: new Hosts(url), size }));
  }

  /**
   * The same database, for one kind of work that takes at most `lanes` connections: if all of it is stuck,
   * there are others left.
   *
   * @param leavesLocked a call that needs rows that others have locked ends after a second, with StoreStuck: the caller
   * tries something else
   */
  narrow(lanes: number, leavesLocked = false): Database {
    const narrow = new Database(this.#options, this.#pool, limit(lanes), leavesLocked);
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
   * run may have come through. The call has waited since `since`.
   */
  session<T>(work: Work<T>, since = performance.now()): Promise<T> {
    return this.#gate(() => this.#session(work, since + this.patience));
  }

  async #session<T>(work: Work<T>, end: number): Promise<T> {
    // It has waited long enough for others who are stuck.
    if (this.#stuck !== undefined && performance.now() >= end) throw unavailable(this.#stuck);
    let last: unknown;
    let failing: number | undefined;
    for (let pause = PAUSE, again = false; ; pause = Math.min(2 * pause, LONGEST_PAUSE), again = true) {
      const link = await this.#pool.take(end - performance.now(), last);
      try {
        const result = await work(watched(link, this.#options.watch), again);
        this.#stuck = undefined;
        return result;
      } catch (error) {
        if (isRefusal(error) || !isOfDatabase(error)) throw error;
        this.#stuck = error;
        if (this.#leavesLocked && isLocked(error)) throw unavailable(error);
        const isOver = isWrong(error) || performance.now() >= end;
        failing ??= performance.now();
        if (isOver || performance.now() - failing > OUTAGE) this.#options.watch?.failed(error);
        if (isReadOnly(error)) this.#pool.leave(link);
        if (isOver) throw unavailable(error);
        last = error;
      } finally {
        this.#pool.give(link);
      }
      await delay(pause);
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
