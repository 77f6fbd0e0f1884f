import { setTimeout as delay } from 'node:timers/promises';
import { guarded } from '../net/guard.js';

/** How often it is looked for what is too old, in ms. */
const EVERY = 60_000;
/** So many messages are deleted at once, and then others have so many ms for themselves. */
const [SLICE, PAUSE] = [100, 100];
/** So many in a row: the rest when it is looked for next. */
const MOST_SLICES = 300;

const DAY = 86_400_000;

/** Deletes what is too old, in small steps: no lock is held for long, and live chat never waits for it. */
export class Expiry {
  readonly #timer: NodeJS.Timeout;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;

  /**
   * @param days how long messages are kept
   * @param expire deletes at most so many that are older than a time in ms since 1970. Resolves with how many those were
   */
  constructor(days: number, expire: (before: number, most: number) => Promise<number>) {
    const look = () => {
      this.#running ??= this.#run(() => expire(Date.now() - days * DAY, SLICE)).finally(() => {
        this.#running = undefined;
      });
    };
    this.#timer = setInterval(guarded('the end of the history', look), EVERY).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#running;
  }

  /** Never rejects: what cannot be deleted now is tried again. */
  async #run(expire: () => Promise<number>): Promise<void> {
    const { signal } = this.#stopped;
    try {
      for (let n = 0; n < MOST_SLICES && !signal.aborted; n++) {
        if ((await expire()) < SLICE) return;
        await delay(PAUSE, undefined, { signal, ref: false });
      }
    } catch {
      // The database is away, or the server stops.
    }
  }
}
