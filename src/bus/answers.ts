import { setTimeout as delay } from 'node:timers/promises';
import type { Incoming } from './incoming.js';

/** How long an answer waits for more that it can tell, in ms: so much is delivered twice when a node dies. */
const GATHER = 5;

/** Links whose senders are to be answered soon: one answer for all that came meanwhile. */
export class Answers {
  private readonly links = new Set<Incoming>();
  private gathering = false;
  private readonly answer: (link: Incoming) => boolean;

  /** @param answer false when that is not possible now: then a later call has everything */
  constructor(answer: (link: Incoming) => boolean) {
    this.answer = answer;
  }

  soon(link: Incoming): void {
    this.links.add(link);
    if (this.gathering) return;
    this.gathering = true;
    void delay(GATHER).then(() => this.now());
  }

  now(): void {
    this.gathering = false;
    for (const link of this.links) if (this.answer(link)) this.links.delete(link);
  }
}
