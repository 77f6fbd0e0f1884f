import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../fuzz/random.js';
import { mark } from './line.js';
import { midOf } from './page.js';
import { type Comes, comes, type Scene } from './person.js';
import type { Way } from './way.js';

/** How often a sender writes, in ms. */
const TICK = 20;
/** How long it writes until it makes sure, in ms. */
const UNTIL_SURE = [200, 500, 1000, 3000];

/** A user who writes numbered messages all the time, on a connection that it keeps as long as it lasts. */
export class Sender {
  readonly id: number;
  readonly #scene: Scene;
  readonly #random: Random;
  readonly #comes: Comes;
  readonly #perTick: number;
  #line: Way | undefined;
  #connection = 0;
  /** The number of the first message on this connection that is not sure yet. */
  #unsureFrom = 1;
  #isWriting = false;
  #isOver = false;
  readonly #work: Promise<void>;

  /** @param rate messages per second */
  constructor(id: number, scene: Scene, random: Random, rate: number) {
    this.id = id;
    this.#scene = scene;
    this.#random = random;
    this.#comes = comes(id, scene, random, () => {});
    this.#perTick = (rate * TICK) / 1000;
    this.#work = this.#run();
  }

  write(): void {
    this.#isWriting = true;
  }

  /** Stops writing. Resolves when it is sure of what it wrote, or its connection is over, or too much time passed. */
  async pause(ms: number): Promise<void> {
    this.#isWriting = false;
    const line = this.#line;
    if (line === undefined) return;
    await Promise.race([this.#makeSure(line), delay(ms, undefined, { ref: false })]);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#line?.destroy();
    await this.#work;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const line = await this.#enter();
      if (line === undefined) await delay(50);
      else await this.#chat(line);
    }
  }

  async #enter(): Promise<Way | undefined> {
    const line = await this.#comes();
    if (line === undefined) return undefined;
    if ((await line.login(this.id)) === 0) return line;
    await line.end();
    return undefined;
  }

  async #chat(line: Way): Promise<void> {
    this.#line = line;
    this.#connection++;
    this.#unsureFrom = this.#scene.ledger.last(this.id) + 1;
    let sure = performance.now();
    while (line.isOpen && !this.#isOver) {
      if (this.#isWriting) await line.write(this.#some());
      if (performance.now() > sure) {
        await this.#makeSure(line);
        sure = performance.now() + (this.#random.pick(UNTIL_SURE) ?? 0);
      }
      await delay(TICK);
    }
    this.#line = undefined;
  }

  async #makeSure(line: Way): Promise<void> {
    const { ledger } = this.#scene;
    const [connection, from, to] = [this.#connection, this.#unsureFrom, ledger.last(this.id)];
    if (!(await line.barrier()) || connection !== this.#connection) return;
    ledger.accept(this.id, connection, from, to);
    this.#unsureFrom = Math.max(this.#unsureFrom, to + 1);
  }

  #some(): string[] {
    const [whole, rest] = [Math.floor(this.#perTick), this.#perTick % 1];
    let count = whole + (this.#random.chance(rest) ? 1 : 0);
    // Now and then very many at once, to one user.
    const only = this.#random.chance(0.002) ? this.#random.pick(this.#scene.receivers) : undefined;
    if (only !== undefined) count = 1000;
    return Array.from({ length: count }, () => this.#one(only));
  }

  #one(only: number | undefined): string {
    const random = this.#random;
    const { ledger, groups, receivers, guests } = this.#scene;
    const group = only === undefined && random.chance(0.05) ? random.pick(groups) : undefined;
    const toid = only ?? random.pick(receivers) ?? 0;
    // An original dies of a long text that it has to store.
    const isShort = group === undefined ? guests.has(toid) : guests.size > 0;
    const pad = '.'.repeat(random.chance(0.02) && !isShort ? random.int(4000) : random.int(100));
    if (group !== undefined) {
      const n = ledger.send(this.id, this.#connection, group[1]);
      const msg = `${mark(this.id, `g${group[0]}`, n)}${pad}`;
      return `{"groupid":${group[0]},"id":${this.id},${this.#mid(n)}"msg":"${msg}","msgid":10}`;
    }
    const n = ledger.send(this.id, this.#connection, [toid]);
    const msg = `${mark(this.id, `${toid}`, n)}${pad}`;
    return `{"id":${this.id},${this.#mid(n)}"msg":"${msg}","msgid":6,"toid":${toid}}`;
  }

  /** The field by which other pages know a message of a page. */
  #mid(n: number): string {
    return this.#scene.pages.has(this.id) ? `"mid":"${midOf(this.id, n)}",` : '';
  }
}
