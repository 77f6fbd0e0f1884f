import { guarded } from '../net/guard.js';
import { ifSilent } from '../net/silence.js';

/** How often a browser is asked whether it is there, and how often it is looked who is to be asked, in ms. */
const EVERY = 25_000;
const LOOK = 1000;

/** A peer that can be asked whether it is there. */
export interface Asked {
  readonly bytesRead: number;
  ping(): void;
  destroy(): void;
}

interface Last {
  at: number;
  bytesRead: number;
}

/**
 * Ends the connections of browsers that are gone without a word. Each is asked at its own time: thousands at once would
 * hold up the event loop.
 */
export class Pings {
  private readonly asked = new Map<Asked, Last>();
  private readonly timer = setInterval(guarded('a look at browsers', this.look.bind(this)), LOOK).unref();

  add(browser: Asked): void {
    this.asked.set(browser, { at: now(), bytesRead: -1 });
  }

  forget(browser: Asked): void {
    this.asked.delete(browser);
  }

  /** Asks nobody any more. */
  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const then = now();
    for (const [browser, last] of this.asked) {
      if (then - last.at < EVERY) continue;
      // A peer that has sent nothing since it was asked is gone, unless this process was frozen, and has not read it
      // yet.
      if (browser.bytesRead === last.bytesRead) ifSilent(browser, () => browser.destroy());
      last.at = then;
      last.bytesRead = browser.bytesRead;
      browser.ping();
    }
  }
}

/** Whole ms: a number with a fraction takes 16 bytes more of each. */
function now(): number {
  return Math.round(performance.now());
}
