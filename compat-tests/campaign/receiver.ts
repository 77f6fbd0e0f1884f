import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../fuzz/random.js';
import { type Comes, comes, type Scene } from './person.js';
import type { Way } from './way.js';

/** How long a login may take before the user tries another node beside, in ms. */
const PATIENCE = 3000;

/** How people are: how long they stay, and how long they are away, in ms at most. */
const HABITS = [
  { stays: Number.POSITIVE_INFINITY, away: 0 },
  { stays: 2000, away: 0 },
  { stays: 3000, away: 300 },
  { stays: 4000, away: 5000 },
];

/** A user who reads, and comes and goes, on this node and that. */
export class Receiver {
  readonly id: number;
  readonly #comes: Comes;
  readonly #random: Random;
  readonly #habit: (typeof HABITS)[number];
  readonly #work: Promise<void>;
  #line: Way | undefined;
  /** Aborted when the user has to think again what to do. */
  #change = new AbortController();
  #isGathered = false;
  #isOver = false;

  constructor(id: number, scene: Scene, random: Random) {
    this.id = id;
    const { ledger } = scene;
    this.#comes = comes(id, scene, random, (from, to, n) => ledger.heard(id, from, to, n));
    this.#random = random;
    this.#habit = HABITS[id % HABITS.length] ?? { stays: 1000, away: 0 };
    this.#work = this.#run();
  }

  get isHere(): boolean {
    return this.#line !== undefined;
  }

  /** From now on it stays online and reads. */
  gather(): void {
    this.#isGathered = true;
    this.#line?.resume();
    this.#think();
  }

  /** From now on it comes and goes. */
  scatter(): void {
    this.#isGathered = false;
    this.#think();
  }

  /** Leaves, and comes back. */
  async relog(): Promise<void> {
    await this.#line?.end();
  }

  /** Stops reading until gather() or resume(). */
  freeze(): void {
    this.#line?.pause();
  }

  resume(): void {
    this.#line?.resume();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#think();
    this.#line?.destroy();
    await this.#work;
  }

  #think(): void {
    this.#change.abort();
    this.#change = new AbortController();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const line = await this.#enter();
      if (line === undefined) {
        await delay(20 + this.#random.int(80));
        continue;
      }
      this.#line = line;
      await this.#stay(line);
      this.#line = undefined;
      if (!this.#isGathered) await this.#wait(this.#random.int(this.#habit.away + 1));
    }
  }

  /** Logs in somewhere. A console client that is not answered is left to itself, and still read. */
  async #enter(): Promise<Way | undefined> {
    const line = await this.#comes();
    if (line === undefined) return undefined;
    const errno = await Promise.race([line.login(this.id), delay(PATIENCE, 'late' as const)]);
    if (errno === 0) return line;
    const ended = line.end();
    if (errno !== 'late') await ended;
    return undefined;
  }

  /** Until it wants to go, or the server has ended the connection. */
  async #stay(line: Way): Promise<void> {
    while (line.isOpen && !this.#isOver) {
      const ms = this.#isGathered ? Number.POSITIVE_INFINITY : this.#random.next() * this.#habit.stays;
      const isTime = await Promise.race([line.closed.then(() => true), this.#wait(ms)]);
      if (!isTime) continue;
      if (line.isOpen && this.#random.chance(0.5)) await line.write([`{"id":${this.id},"msgid":3}`]);
      await line.end();
    }
  }

  /** True when the time has passed, false when the user has to think again before. */
  async #wait(ms: number): Promise<boolean> {
    const { signal } = this.#change;
    return await delay(Math.min(ms, 1e9), true, { signal }).catch(() => false);
  }
}
