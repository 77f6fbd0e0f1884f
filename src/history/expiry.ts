import { setTimeout as delay } from 'node:timers/promises';
import { guarded } from '../net/guard.js';

/** How often messages that are too old are looked for, in ms. */
const EVERY = 60_000;
/** At most this many messages are deleted at once; then others have this time for themselves, in ms. */
const [SLICE, PAUSE] = [100, 100];
/** At most this many steps in a row: the rest goes at the next look. */
const MOST_SLICES = 300;

const DAY = 86_400_000;

/** Deletes messages that are too old, in small steps: no lock is held for long, and live chat never waits for it. */
export class Expiry {
  readonly #expire: () => Promise<number>;
  readonly #timer: NodeJS.Timeout;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;

  /**
   * @param days how long messages are kept
   * @param expire deletes at most `most` messages that are older than `before`, in ms since 1970. Resolves with their
   * number
   */
  constructor(days: number, expire: (before: number, most: number) => Promise<number>) {
    this.#expire = () => expire(Date.now() - days * DAY, SLICE);
    this.#timer = setInterval(guarded('the end of the history', this.look.bind(this)), EVERY).unref();
  }

  /**
   * Deletes messages that are too old now. Resolves when that is done, also one that is under way already. Never
   * rejects.
   */
  look(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#running;
  }

  /** Never rejects: what cannot be deleted now is tried again. */
  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      for (let n = 0; n < MOST_SLICES && !signal.aborted; n++) {
        if ((await this.#expire()) < SLICE) return;
        await delay(PAUSE, undefined, { signal });
      }
    } catch {
      // The database is away, or the server stops.
    }
  }
}
