import { setTimeout as delay } from 'node:timers/promises';
import { isAway } from './failure.js';
import type { Ask } from './link.js';
import { PAUSE, Pool, type PoolOptions, unavailable } from './pool.js';
import { bytesOf } from './text.js';

/**
 * Asks the database, waiting for it when it is away (DIFFERENCES 16): what was cut off is asked again until
 * `patience` has passed, then calls reject with StoreUnavailable. No call takes longer than twice that.
 */
export class Database {
  readonly #options: PoolOptions;
  readonly #pool: Pool;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#pool = new Pool(options);
  }

  /** SQL for the bytes of a text column, to be read with textOf and compared with buffers. */
  bytes(column: string): string {
    return bytesOf(column, this.#options.charset);
  }

  /** Runs one statement, prepared. It may run again when its answer was lost. */
  readonly ask: Ask = (sql, values) => this.session((ask) => ask(sql, values));

  /**
   * Runs `work` on one connection, and again on another when that one is lost; `again` tells that an earlier
   * run may have come through.
   */
  async session<T>(work: (ask: Ask, again: boolean) => Promise<T>): Promise<T> {
    const end = performance.now() + this.#options.patience;
    for (let again = false; ; again = true) {
      const link = await this.#pool.take(end - performance.now());
      try {
        return await work(link.ask, again);
      } catch (error) {
        if (!isAway(error)) throw error;
        link.destroy();
        if (performance.now() >= end) throw unavailable(error);
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
    return this.session(async (ask) => {
      if (isolation !== undefined) await ask(`set transaction isolation level ${isolation}`);
      await ask('start transaction');
      try {
        const agreed = await work(ask);
        await ask(agreed ? 'commit' : 'rollback');
        return agreed;
      } catch (error) {
        if (!isAway(error)) await ask('rollback');
        throw error;
      }
    });
  }

  /** Ends all connections. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}
