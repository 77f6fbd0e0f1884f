import { guarded } from '../net/guard.js';
import type { AskAll } from './desk.js';
import { type Pulse, together } from './pulse.js';

/** Between two pulses, in ms. */
const EVERY = 5000;
/** At most this many are kept: half an hour. */
const KEPT = 360;

/** A pulse of the node, and when it was felt, in ms since 1970. */
export interface Moment extends Pulse {
  readonly at: number;
}

/** The last half hour of the node: a person who opens the page sees when something began. */
export class History {
  private readonly moments: Moment[] = [];
  private readonly askAll: AskAll;
  private asking = false;

  constructor(askAll: AskAll) {
    this.askAll = askAll;
  }

  /** Feels the pulse now, and again and again. It keeps no process alive. */
  begin(): void {
    const feel = guarded('the history of the node', () => this.feel());
    setInterval(feel, EVERY).unref();
    feel();
  }

  /** The oldest first. */
  all(): readonly Moment[] {
    return this.moments;
  }

  private async feel(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      const pulse = together(await this.askAll({ ask: 'pulse' }));
      if (pulse !== undefined) this.moments.push({ at: Date.now(), ...pulse });
      if (this.moments.length > KEPT) this.moments.shift();
    } finally {
      this.asking = false;
    }
  }
}
