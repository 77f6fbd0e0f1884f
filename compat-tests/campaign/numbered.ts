import { setTimeout as delay } from 'node:timers/promises';
import { ChatClient } from '../../src/index.js';
import type { Random } from '../fuzz/random.js';
import type { Scene } from './person.js';
import { Road } from './road.js';

/** The group of those whose messages have numbers. */
export const NUMBERED_GROUP = 3;

/** How long a connection is left alone, in ms at most. */
const LASTS = 8000;
/**
 * How long a reply may take, in ms. A frozen node writes what is stored to whoever has asked before, and deletes it: a
 * client that confirms nothing and had given that connection up would never see it.
 */
const PATIENCE = 600_000;

/** A user's way with its client. */
export interface Habit {
  /** Leaves out what comes again, and confirms what has come. */
  readonly once: boolean;
  /** Is given the client before anything can come. */
  prepare?(client: ChatClient): void;
  /** Breaks one of its connections, at random. */
  breaks(road: Road): void;
}

/** A user of ChatClient, which comes back by itself, to one node and another. */
export class Numbered {
  readonly #id: number;
  readonly #random: Random;
  readonly #stopped = new AbortController();
  readonly #habit: Habit;
  readonly #road: Promise<Road>;
  #client: ChatClient | undefined;
  /** Whether its connections break now. */
  isRough = false;
  readonly #breaks: Promise<void>;

  constructor(id: number, { nodes }: Scene, random: Random, habit: Habit) {
    this.#id = id;
    this.#random = random;
    this.#habit = habit;
    // A node of the version before may know no numbers: it has no page either.
    const able = nodes.filter(({ web }) => web !== undefined);
    this.#road = Road.to(random.shuffle(able.map(({ port }) => port)));
    this.#breaks = this.#breakAtRandom();
  }

  get isOver(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** Ends all its connections at once (RST). */
  async reset(): Promise<void> {
    (await this.#road).reset();
  }

  /** Ends them as a client does that goes without a word. */
  async finish(): Promise<void> {
    (await this.#road).finish();
  }

  /** Another client of the user's, as of a program that has started. It tries until it is in, undefined at the end. */
  async enter(): Promise<ChatClient | undefined> {
    const { once, prepare } = this.#habit;
    const { port } = await this.#road;
    const patience = { replyTimeout: PATIENCE, abilityTimeout: PATIENCE };
    const address = { host: '127.0.0.1', port, once, confirm: once, reconnect: true, ...patience };
    while (!this.isOver) {
      const client = await ChatClient.connect(address).catch(() => undefined);
      if (client === undefined) {
        await this.wait(200);
        continue;
      }
      this.#client = client;
      prepare?.(client);
      try {
        client.emit('back', await client.login(this.#id, 'pw'));
        return client;
      } catch {
        await client.close();
        await this.wait(200);
      }
    }
    return undefined;
  }

  /** Waits for so many ms, or until all is over. */
  async wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopped.signal }).catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    (await this.#road).close();
    await this.#client?.close();
    await this.#breaks;
  }

  async #breakAtRandom(): Promise<void> {
    const road = await this.#road;
    while (!this.isOver) {
      await this.wait(this.#random.int(LASTS));
      if (this.isRough) this.#habit.breaks(road);
    }
  }
}
