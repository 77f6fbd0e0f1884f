import type { Listener } from '../../learn/listen.js';
import type { Side } from '../../learn/session.js';
import type { Dialect } from '../../protocol/dialect.js';
import { Late } from '../deadline.js';
import { Mapping } from '../record/mapping.js';
import type { Place } from '../replay/party.js';
import { Speaker } from '../speaker.js';
import { failingLogin } from '../wire.js';
import { Words } from '../words-of.js';
import { Budget } from './budget.js';
import { type Kind, Kinds } from './kinds.js';
import { Order } from './order.js';
import { Pair } from './pair.js';
import { Apart, type Counts, Recent, type Shared, type StopReason } from './shared.js';
import { Unpacking } from './stored.js';
import { Titles } from './titles.js';

/** How often waiting documents are looked at, in ms. */
const LOOK = 200;

/** A wait for the second server holds others up for at most this part of the timeout, and at most this many ms. */
const [GRACE, MOST_GRACE] = [0.25, 30_000];

/** The most clients that are compared at a time. */
const MOST = 5000;

/** The bounds of the waits for the second server. */
const MOST_BYTES = 1 << 20;

/** The events that are told as they happen. */
export interface Telling {
  found(kind: Kind): void;
  stopped(reason: StopReason, clients: number): void;
}

/**
 * Has all clients of a relay at a second server, too, and compares. Each client of the first server is one of the second;
 * the relay never waits for anything here.
 */
export class Shadower implements Listener {
  readonly counts: Counts = { clients: 0, requests: 0, left: 0, compared: 0, same: 0, ignored: 0 };
  /** How many clients are not compared any more, by the reason. */
  readonly stopped = new Map<StopReason, number>();
  readonly kinds: Kinds;
  /** The tool's own mistake, if it has made one. */
  fault: string | undefined;
  readonly #shared: Shared;
  readonly #telling: Telling;
  readonly #timeout: number;
  readonly #grace: number;
  readonly #pairs = new Map<number, Pair>();
  readonly #timer: NodeJS.Timeout;
  #isEnding = false;
  /** Documents from before this time may be given up: the second server was asked later, and has answered. */
  #certain = Number.NEGATIVE_INFINITY;
  #isAsking = false;

  /** @param timeout in milliseconds */
  constructor(place: Required<Place>, dialect: Dialect, timeout: number, telling: Telling) {
    this.#timeout = timeout;
    this.#grace = Math.min(MOST_GRACE, timeout * GRACE);
    this.#telling = telling;
    this.kinds = new Kinds((kind) => telling.found(kind));
    const isEnding = () => this.#isEnding;
    this.#shared = {
      dialect,
      place,
      mapping: new Mapping(dialect, { users: new Map(), groups: new Map(), names: new Map() }, true),
      titles: new Titles(dialect),
      unpacking: new Unpacking(new Words(dialect)),
      order: new Order(),
      budget: new Budget(),
      kinds: this.kinds,
      counts: this.counts,
      unmapped: new Set(),
      apart: new Apart(),
      forged: new Recent(),
      get isEnding() {
        return isEnding();
      },
      over: (connection, reason) => this.#over(connection, reason),
      failed: (error) => {
        this.fault ??= error instanceof Error ? error.message : String(error);
      },
    };
    this.#timer = setInterval(() => this.#look(), LOOK);
  }

  /** Clients that are compared now. */
  get comparing(): number {
    return this.#pairs.size;
  }

  /** Bytes that wait for the second server, and for what it says. */
  get waiting(): number {
    return this.#shared.budget.used;
  }

  opened(connection: number): void {
    if (this.#isEnding) return;
    this.counts.clients++;
    if (this.#pairs.size >= MOST) this.#count('many');
    else this.#pairs.set(connection, new Pair(this.#shared, connection));
  }

  heard(from: Side, connection: number, bytes: Buffer): void {
    this.#pairs.get(connection)?.heard(from, bytes);
  }

  ended(from: Side, connection: number, isReset: boolean): void {
    this.#pairs.get(connection)?.ended(from, isReset);
  }

  /**
   * Compares nothing new. Resolves when all that waits has come, or the timeout is over: then what the second server has
   * been sent, and has not answered, is given up if it still answers others. What it says meanwhile makes this no longer:
   * a server that leaves out answers would hold up the end for each of them.
   */
  async finish(): Promise<void> {
    this.#isEnding = true;
    const since = performance.now();
    const isAwaiting = () => this.#all().some((pair) => pair.awaits(since));
    let lives: Promise<boolean> | undefined;
    while (isAwaiting() && performance.now() - since < this.#timeout) {
      // It is asked meanwhile: what it has not said when it answers has waited long enough.
      if (performance.now() - since > this.#grace) lives ??= this.#ask();
      await tick();
    }
    if (!isAwaiting() || !(await (lives ?? this.#ask()))) return;
    const before = Math.min(since, this.#queuedSince(since));
    for (const pair of this.#all()) {
      if (pair.cutOff !== undefined) pair.stopCutOff();
      pair.giveUp(before, before);
    }
  }

  /** Ends all connections to the second server. */
  close(): void {
    clearInterval(this.#timer);
    for (const pair of this.#all()) pair.stop();
  }

  #all(): Pair[] {
    return [...this.#pairs.values()];
  }

  /** Since when something waits to leave for the second server; `now` when nothing does. */
  #queuedSince(now: number): number {
    return this.#all().reduce((oldest, { queuedSince }) => Math.min(oldest, queuedSince ?? now), now);
  }

  #look(): void {
    const now = performance.now();
    // A request that has not left for the second server yet cannot have been answered by it.
    const queued = this.#queuedSince(now);
    this.#shared.order.expire(now - this.#grace, now, queued);
    let isDue = false;
    for (const pair of this.#all()) {
      pair.expire(now - this.#grace, now, queued);
      pair.giveUp(Math.min(now - this.#grace, queued), Math.min(this.#certain, queued));
      if ((pair.cutOff ?? now) < this.#certain) pair.stopCutOff();
      isDue ||= (pair.oldest ?? now) < now - this.#timeout || (pair.cutOff ?? now) < now;
    }
    if (isDue && !this.#isEnding && !this.#isAsking)
      this.#ask().catch((error: unknown) => this.#shared.failed(error));
  }

  /** Asks the second server whether it lives. A document that has not come a while after the answer will not come. */
  async #ask(): Promise<boolean> {
    this.#isAsking = true;
    const asked = performance.now();
    try {
      const answer = await this.#probe();
      if (answer === 'lives') {
        await tick(this.#grace);
        this.#certain = asked - this.#timeout;
        for (const pair of this.#all()) if ((pair.cutOff ?? asked) < asked) pair.stopCutOff();
        return true;
      }
      for (const pair of this.#all()) {
        const isLate = (pair.oldest ?? asked) < asked || pair.cutOff !== undefined;
        if (answer === 'gone' || isLate) pair.stop(answer);
      }
      return false;
    } finally {
      this.#isAsking = false;
    }
  }

  async #probe(): Promise<'lives' | 'gone' | 'silent'> {
    const { place, dialect } = this.#shared;
    const limits = { answer: this.#timeout, most: MOST_BYTES };
    let speaker: Speaker;
    try {
      speaker = await Speaker.connect(place, dialect, limits);
    } catch (error) {
      return error instanceof Late ? 'silent' : 'gone';
    }
    try {
      await speaker.send(speaker.frame(failingLogin(dialect)));
      await speaker.hear();
      return 'lives';
    } catch {
      return speaker.client.ended ? 'gone' : 'silent';
    } finally {
      speaker.client.reset();
    }
  }

  #over(connection: number, reason: StopReason | undefined): void {
    this.#pairs.delete(connection);
    if (reason !== undefined) this.#count(reason);
  }

  #count(reason: StopReason): void {
    const clients = (this.stopped.get(reason) ?? 0) + 1;
    this.stopped.set(reason, clients);
    this.#telling.stopped(reason, clients);
  }
}

function tick(ms = LOOK / 4): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
