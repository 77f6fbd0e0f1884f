import { type Document, writeDocument } from '../src/client/core/document.js';
import { type Sent, UnderWay } from './under-way.js';
import { Wire } from './wire.js';

/** The pauses before another try to connect, in ms. */
const PAUSES = [300, 1000, 2000, 4000, 6000];

/** How the connection is. */
export type LineState = 'closed' | 'connecting' | 'open' | 'waiting';

/** Whether the server shall let this browser log in again without the password. */
export type Mode = 'keep' | 'resume' | 'forget';

export interface LineEvents {
  state(state: LineState): void;
  /** It is open: who was logged in logs in again. */
  open(): void;
  document(text: string): Promise<void>;
  confirmed(count: number): void;
  /** It has ended. Returns whether another one is tried for. */
  closed(reason: string): boolean;
}

/** The connections of this tab, one after the other: a lost one is replaced until it is closed. */
export class Line {
  private readonly events: LineEvents;
  private wire: Wire | undefined;
  private mode: Mode = 'forget';
  private readonly underWay = new UnderWay(key);
  private tries = 0;
  private timer: number | undefined;
  private isOpen = false;
  /** The user is logged in: what is sent again may go. */
  private isReady = false;
  private isWanted = false;

  constructor(events: LineEvents) {
    this.events = events;
    window.addEventListener('online', () => this.now());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.now();
    });
  }

  /** Connects; `mode` holds until `reopen`, when the browser shows what it was given. */
  open(mode: Mode): void {
    this.close();
    this.mode = mode;
    this.isWanted = true;
    this.tries = 0;
    this.connect();
  }

  /** Connections from now on show what the browser was given: it has logged in. */
  resumeFromNow(): void {
    if (this.mode === 'keep') this.mode = 'resume';
  }

  /** Takes another connection in place of this one, as if it had been lost. See `open` for `mode`. */
  renew(mode: Mode): void {
    this.mode = mode;
    if (this.wire === undefined) return;
    this.wire.close();
    this.closed('');
    this.now();
  }

  /** Ends the connection, and tries for no other. Documents under way may have arrived or not. */
  close(): void {
    this.isWanted = false;
    this.isOpen = false;
    this.isReady = false;
    window.clearTimeout(this.timer);
    this.timer = undefined;
    this.wire?.close();
    this.wire = undefined;
    this.events.state('closed');
    this.underWay.giveUp();
  }

  /**
   * Sends a document when there is a connection. Resolves with whether it arrived: handled by the server, or perhaps not, as
   * the connection was lost.
   */
  send(document: Document): Promise<boolean> {
    return new Promise((done) => {
      if (!this.isOpen) {
        done(false);
        return;
      }
      const sent = { text: writeDocument(document), number: 0, again: false, done };
      this.underWay.add(sent);
      this.write(sent);
    });
  }

  /**
   * Sends a document as soon as the user is logged in, and over the next connection again while it is not known whether it
   * arrived. Resolves with whether it did.
   *
   * @param document makes it, each time that it is sent
   * @param isOver says whether the server has told by other means that it has it
   */
  deliver(document: () => Document, isOver: () => boolean): Promise<boolean> {
    return new Promise((done) => {
      const sent: Sent = {
        get text() {
          return writeDocument(document());
        },
        ...{ number: 0, again: true, isOver, done },
      };
      this.underWay.add(sent);
      if (this.isReady) this.write(sent);
    });
  }

  /** The user is logged in: what waits for that goes now, in order. */
  ready(): void {
    this.isReady = true;
    for (const sent of this.underWay.waiting) this.write(sent);
  }

  /** Nobody is logged in for the moment: what is to be sent for sure waits. */
  hold(): void {
    this.isReady = false;
  }

  /** Tries at once where it waits. */
  now(): void {
    if (this.timer === undefined) return;
    window.clearTimeout(this.timer);
    this.tries = 0;
    this.connect();
  }

  private connect(): void {
    this.timer = undefined;
    this.events.state('connecting');
    const url = new URL('chat', document.baseURI);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.search = `tab=${this.underWay.key}${this.mode === 'forget' ? '' : `&${this.mode}`}`;
    this.wire = new Wire(url.href, {
      open: (handled) => this.opened(handled),
      document: (text) => this.events.document(text),
      handled: (count) => this.underWay.done(count),
      confirmed: (count) => this.events.confirmed(count),
      closed: (reason) => this.closed(reason),
    });
  }

  private opened(handled: number): void {
    if (!this.underWay.opened(handled)) {
      this.wire?.close();
      this.connect();
      return;
    }
    this.isOpen = true;
    this.tries = 0;
    this.events.state('open');
    this.events.open();
  }

  private write(sent: Sent): void {
    this.underWay.number(sent);
    this.wire?.send(sent.text);
  }

  private closed(reason: string): void {
    this.isOpen = false;
    this.isReady = false;
    this.wire = undefined;
    if (!this.isWanted || !this.events.closed(reason)) {
      this.close();
      return;
    }
    this.events.state('waiting');
    const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)] ?? 1000;
    this.tries++;
    // Not all tabs of a server that was away at the same moment.
    this.timer = window.setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
  }
}

/** The key by which the server knows this tab: nobody can guess it. */
function key(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
