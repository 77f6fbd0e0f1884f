import { setTimeout as delay } from 'node:timers/promises';
import { Signal } from '../net/signal.js';

/** How many tabs that are gone are remembered, and for how long, in ms. */
const MOST = 10_000;
const MEMORY = 600_000;

/** How long the messages of a connection that its tab has left may take to be done with, in ms. */
const PATIENCE = 3000;

/** A connection of a tab. */
export interface TabConnection {
  /** Ends it at once. */
  destroy(): void;
}

/** The documents of one tab, over all of its connections to this process. */
export class Tab {
  /** How many of its documents have come, and how many are done with. */
  received = 0;
  handled = 0;
  /** How many connections it has had: only documents of the last one are counted. */
  visits = 0;
  /** When its last connection has ended. */
  leftAt = 0;
  private connection: TabConnection | undefined;
  /** Only while somebody waits for the end of its connection. */
  private ended: Signal | undefined;

  /** It has a connection. */
  enter(connection: TabConnection): void {
    this.connection = connection;
    this.visits++;
    this.received = this.handled;
  }

  /** No message of that connection is being handled any more. */
  left(connection: TabConnection): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    this.leftAt = performance.now();
    this.ended?.tell();
    this.ended = undefined;
  }

  /** Ends the connection that it had before. Resolves when no message of it is being handled any more. */
  async leave(): Promise<void> {
    if (this.connection === undefined) return;
    this.ended ??= new Signal();
    const ended = this.ended.next();
    this.connection.destroy();
    await Promise.race([ended, delay(PATIENCE, undefined, { ref: false })]);
  }

  get isHere(): boolean {
    return this.connection !== undefined;
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
