import { setTimeout as delay } from 'node:timers/promises';
import { type ChatClient, ChatError } from '../../src/index.js';
import type { Random } from '../fuzz/random.js';
import { mark } from './line.js';
import { NUMBERED_GROUP, Numbered } from './numbered.js';
import type { Scene } from './person.js';

/** How often a sender writes, in ms. */
const TICK = 20;
/** It writes no more while so many are not answered: its client sends at most 500. */
const MOST = 400;
/** How long its program runs, in ms at most. Then it ends without a word, and another resends what was not answered. */
const LIVES = 15_000;
/** All it sends is in order, on whatever connection. */
const CONNECTION = 1;

/** A message that has its number and is not answered. */
interface Open {
  /** The number by which messages are accounted for. */
  readonly n: number;
  readonly toid: number | undefined;
  readonly text: string;
  /** Where its program has given it away. */
  client: ChatClient | undefined;
}

/** A user of ChatClient who writes messages that have numbers, while its connections are reset and its program ends. */
export class NumberedSender {
  readonly id: number;
  /** The requests that the server has refused. */
  readonly troubles: string[] = [];
  readonly #scene: Scene;
  readonly #random: Random;
  readonly #perTick: number;
  readonly #person: Numbered;
  readonly #work: Promise<void>;
  /** By the number that the client gave it. */
  readonly #open = new Map<number, Open>();
  #waiting = 0;
  #isWriting = false;
  /** A client that has given up a message: another one sends it. */
  #stale: ChatClient | undefined;

  /** @param rate messages per second */
  constructor(id: number, scene: Scene, random: Random, rate: number) {
    this.id = id;
    this.#scene = scene;
    this.#random = random;
    this.#perTick = (rate * TICK) / 1000;
    this.#person = new Numbered(id, scene, random.fork(), { once: true, breaks: (road) => road.reset() });
    this.#work = this.#run();
  }

  write(): void {
    this.#person.isRough = true;
    this.#isWriting = true;
  }

  /** Stops writing. Resolves when all is answered, or too much time has passed. */
  async pause(ms: number): Promise<void> {
    this.#person.isRough = false;
    this.#isWriting = false;
    const latest = performance.now() + ms;
    while (this.#open.size + this.#waiting > 0 && performance.now() < latest) await delay(TICK);
  }

  async stop(): Promise<void> {
    await this.#person.stop();
    await this.#work;
  }

  async #run(): Promise<void> {
    while (!this.#person.isOver) {
      const client = await this.#person.enter();
      if (client === undefined) return;
      if (await this.#resend(client)) await this.#chat(client);
      // Nothing that it has not sent yet leaves any more.
      await this.#person.reset();
      await client.close();
    }
  }

  /** Sends again, in order, the messages that the program before has sent without an answer. False when the client cannot. */
  async #resend(client: ChatClient): Promise<boolean> {
    for (const [seq, open] of [...this.#open]) {
      const isNumbered = await new Promise<boolean>((resolve) => {
        this.#send(client, open, { seq, numbered: () => resolve(true), failed: () => resolve(false) });
      });
      if (!isNumbered) return false;
    }
    return true;
  }

  async #chat(client: ChatClient): Promise<void> {
    const end = performance.now() + this.#random.int(LIVES);
    while (!this.#person.isOver && (performance.now() < end || !this.#isWriting)) {
      if (this.#stale === client) return;
      if (this.#isWriting) this.#some(client);
      await this.#person.wait(TICK);
    }
  }

  #some(client: ChatClient): void {
    const [whole, rest] = [Math.floor(this.#perTick), this.#perTick % 1];
    const count = whole + (this.#random.chance(rest) ? 1 : 0);
    for (let i = 0; i < count && this.#open.size + this.#waiting < MOST; i++) this.#one(client);
  }

  #one(client: ChatClient): void {
    const { ledger, numbered } = this.#scene;
    const toid = this.#random.chance(0.05) ? undefined : this.#random.pick(numbered);
    const receivers = toid === undefined ? numbered : [toid];
    const n = ledger.send(this.id, CONNECTION, receivers);
    const pad = '.'.repeat(this.#random.chance(0.02) ? this.#random.int(4000) : this.#random.int(100));
    const text = `${mark(this.id, toid === undefined ? `g${NUMBERED_GROUP}` : `${toid}`, n)}${pad}`;
    this.#waiting++;
    const over = () => {
      this.#waiting--;
    };
    this.#send(client, { n, toid, text, client }, { numbered: over, failed: over });
  }

  #send(
    client: ChatClient,
    open: Open,
    { seq, numbered, failed }: { readonly seq?: number; numbered(): void; failed(): void },
  ): void {
    let own = seq;
    let isNumbered = false;
    const numbering = {
      seq,
      numbered: (given: number) => {
        own = given;
        isNumbered = true;
        this.#open.set(given, open);
        numbered();
      },
    };
    open.client = client;
    const sent =
      open.toid === undefined
        ? client.sendToGroup(NUMBERED_GROUP, open.text, numbering)
        : client.send(open.toid, open.text, numbering);
    sent.then(
      () => this.#accepted(own, open),
      (error: unknown) => {
        if (error instanceof ChatError) this.#refused(own, open, error);
        else if (open.client === client) this.#stale = client;
        if (!isNumbered) failed();
      },
    );
  }

  #accepted(seq: number | undefined, { n }: Open): void {
    if (seq !== undefined) this.#open.delete(seq);
    this.#scene.ledger.accept(this.id, CONNECTION, n, n);
  }

  #refused(seq: number | undefined, { n }: Open, { message }: ChatError): void {
    if (seq !== undefined) this.#open.delete(seq);
    this.troubles.push(`number ${n} of ${this.id} was refused: ${message}`);
  }
}
