import { Checker } from './checker.js';
import { Counter } from './counter.js';
import type { Line } from './line.js';
import { isWhole, numbered, readNumber, type Template } from './numbered.js';
import type { Tally } from './tally.js';

/** At most this many messages of one sender are on their way: for each the time of its sending is kept. */
const MOST_IN_FLIGHT = 4096;

/** The outcome of all messages that were sent. */
export interface Outcome {
  lost: number;
  twice: number;
  disordered: number;
}

/** One sender and all who get its messages. */
interface Flow {
  readonly line: Line;
  readonly template: Template;
  readonly checkers: readonly Checker[];
  readonly sentAt: Float64Array;
  /** For each message on its way, how many have not got it yet. */
  readonly awaited: Uint32Array;
  /** The messages that leave in one write, once all bytes of the last read were looked at. */
  pending: Buffer[];
  sent: number;
  inFlight: number;
  lastAt: number;
}

/**
 * Senders of numbered messages, and what arrives of them.
 *
 * 1. A sender's next message leaves when all receivers have got one before, so many being on their way at a time; or
 *    at a rate, whatever has arrived.
 * 2. With a rate, a message counts from when it was due, not from when it could be sent: a server that holds its
 *    senders up is not flattered.
 * 3. A sender of whose messages nothing arrives for as long as an answer may take goes on: what is missing is lost.
 */
export class Traffic {
  readonly #flows: Flow[];
  readonly #tally: Tally;
  readonly #inFlight: number;
  readonly #patience: number;
  readonly #dirty = new Set<Flow>();

  /** @param receivers for each sender, the lines that get its messages */
  constructor(
    lines: readonly Line[],
    templates: readonly Template[],
    receivers: readonly (readonly number[])[],
    tally: Tally,
    settings: { readonly inFlight: number; readonly patience: number },
  ) {
    this.#tally = tally;
    this.#inFlight = Math.min(settings.inFlight, MOST_IN_FLIGHT);
    this.#patience = settings.patience;
    this.#flows = templates.map((template, n) => ({
      line: at(lines, n * (lines.length / templates.length)),
      template,
      checkers: at(receivers, n).map(() => new Checker()),
      sentAt: new Float64Array(MOST_IN_FLIGHT),
      awaited: new Uint32Array(MOST_IN_FLIGHT),
      pending: [],
      sent: 0,
      inFlight: 0,
      lastAt: performance.now(),
    }));
    for (const [index, line] of lines.entries()) this.#listen(line, index, receivers);
  }

  /** Sends as messages arrive. */
  begin(): void {
    const now = performance.now();
    for (const flow of this.#flows) for (let n = 0; n < this.#inFlight; n++) this.#send(flow, now);
    this.#flush();
  }

  /** Sends the messages that are due at a rate, in turns, as long as the tally goes on. */
  async atRate(rate: number, wait: () => Promise<void>): Promise<void> {
    const start = performance.now();
    for (let sent = 0; this.#tally.going; await wait()) {
      const due = ((performance.now() - start) / 1000) * rate;
      for (; sent < due; sent++) {
        const flow = at(this.#flows, sent % this.#flows.length);
        if (flow.inFlight < MOST_IN_FLIGHT) this.#send(flow, start + (sent / rate) * 1000);
      }
      this.#flush();
    }
  }

  /** Lets senders go on whose messages do not arrive. Call it now and then. */
  look(): void {
    const now = performance.now();
    for (const flow of this.#flows) {
      if (flow.inFlight === 0 || now - flow.lastAt < this.#patience) continue;
      flow.inFlight = 0;
      flow.awaited.fill(0);
      for (let n = 0; n < this.#inFlight && this.#tally.going; n++) this.#send(flow, now);
    }
    this.#flush();
  }

  /** The outcome so far of all messages that were sent. */
  outcome(): Outcome {
    const all = { lost: 0, twice: 0, disordered: 0 };
    for (const { checkers, sent } of this.#flows)
      for (const checker of checkers) {
        all.lost += checker.lost(sent);
        all.twice += checker.twice;
        all.disordered += checker.disordered;
      }
    return all;
  }

  /** How many messages are still on their way to somebody. */
  get missing(): number {
    return this.#flows.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  #listen(line: Line, index: number, receivers: readonly (readonly number[])[]): void {
    const [first] = this.#flows;
    if (first === undefined) return;
    const places = new Map(receivers.map((who, sender) => [sender, who.indexOf(index)]));
    const counter = new Counter(first.template.arrives.length, this.#tally, (bytes, start) => {
      const { number, sender } = readNumber(bytes, start);
      const flow = this.#flows[sender];
      const checker = flow?.checkers[places.get(sender) ?? -1];
      if (flow === undefined || checker === undefined) this.#tally.fail('a message came to somebody else');
      else if (!isWhole(flow.template, bytes, start)) this.#tally.fail('a delivered message is damaged');
      else if (checker.came(number)) this.#arrived(flow, number);
    });
    line.onBytes = (bytes, count) => {
      counter.push(bytes, count);
      this.#flush();
    };
    line.onEnd = () => this.#tally.fail('a connection ended');
  }

  #arrived(flow: Flow, number: number): void {
    const slot = number % MOST_IN_FLIGHT;
    const now = performance.now();
    flow.lastAt = now;
    const left = flow.awaited[slot] ?? 0;
    if (left === 0) return;
    flow.awaited[slot] = left - 1;
    if (left > 1) return;
    flow.inFlight--;
    this.#tally.finish(flow.sentAt[slot] ?? now, now);
    if (this.#tally.going && flow.inFlight < this.#inFlight) this.#send(flow, now);
  }

  /** One write for each sender. */
  #flush(): void {
    for (const flow of this.#dirty) {
      const [first, ...more] = flow.pending;
      if (first !== undefined) flow.line.send(more.length === 0 ? first : Buffer.concat(flow.pending));
      flow.pending = [];
    }
    this.#dirty.clear();
  }

  #send(flow: Flow, since: number): void {
    const slot = flow.sent % MOST_IN_FLIGHT;
    flow.sentAt[slot] = since;
    flow.awaited[slot] = flow.checkers.length;
    flow.inFlight++;
    this.#tally.begun++;
    flow.pending.push(numbered(flow.template, flow.sent++));
    this.#dirty.add(flow);
  }
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[Math.floor(index)];
  if (item === undefined) throw new RangeError(`nothing at ${index}`);
  return item;
}
