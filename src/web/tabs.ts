import { setTimeout as delay } from 'node:timers/promises';

/** How many tabs that are gone are remembered, and for how long, in ms. */
const MOST = 10_000;
const MEMORY = 600_000;

/** How long the messages of a connection that its tab has left may take to be done with, in ms. */
const PATIENCE = 3000;

/** The documents of one tab, over all of its connections to this process. */
export class Tab {
  /** How many of its documents have come, and how many are done with. */
  received = 0;
  handled = 0;
  /** How many connections it has had: only documents of the last one are counted. */
  visits = 0;
  /** When its last connection has ended. */
  leftAt = 0;
  private end: (() => void) | undefined;
  private ended: Promise<void> = Promise.resolve();

  /** It has a connection. @param end ends it at once */
  enter(end: () => void): () => void {
    this.end = end;
    this.visits++;
    this.received = this.handled;
    let left = () => {};
    this.ended = new Promise((resolve) => {
      left = resolve;
    });
    return () => {
      if (this.end === end) this.end = undefined;
      this.leftAt = performance.now();
      left();
    };
  }

  /** Ends the connection that it had before. Resolves when no message of it is being handled any more. */
  async leave(): Promise<void> {
    this.end?.();
    await Promise.race([this.ended, delay(PATIENCE, undefined, { ref: false })]);
  }

  get isHere(): boolean {
    return this.end !== undefined;
  }
}

/**
 * The tabs of browsers, by the keys that they have given themselves. A tab whose network was cut comes back before anybody
 * knows that it was gone: its old connection is ended, and it hears how many of its documents have arrived, so that it
 * sends none twice.
 */
export class Tabs {
  private readonly tabs = new Map<string, Tab>();

  /** The tab with that key. The oldest ones that are gone are forgotten when there are too many. */
  find(key: string): Tab {
    const known = this.tabs.get(key);
    this.tabs.delete(key);
    const tab = known === undefined || this.isForgotten(known) ? new Tab() : known;
    this.tabs.set(key, tab);
    for (const [other, { isHere }] of this.tabs) {
      if (this.tabs.size <= MOST) break;
      if (!isHere) this.tabs.delete(other);
      else if (other === key) break;
    }
    return tab;
  }

  private isForgotten(tab: Tab): boolean {
    return !tab.isHere && tab.leftAt > 0 && performance.now() - tab.leftAt > MEMORY;
  }
}
