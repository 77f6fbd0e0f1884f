import type { Medium, MediumEvents } from '../../src/bus/medium.js';
import type { Step } from './clock.js';

/** One direction of a connection: slow, but in order. */
class Wire {
  #last: Promise<unknown> = Promise.resolve();
  readonly #step: Step;

  constructor(step: Step) {
    this.#step = step;
  }

  pass<T>(label: string, work: () => T | Promise<T>): Promise<T> {
    const passed = this.#last.then(() => this.#step(label)).then(work);
    this.#last = passed.catch(() => undefined);
    return passed;
  }
}

/** One node's connections to the medium, as to Redis: one publishes, one subscribes, each slow in both directions. */
export class SlowMedium implements Medium {
  readonly #medium: Medium;
  readonly #publishing: Wire;
  readonly #published: Wire;
  readonly #subscribing: Wire;
  readonly #arriving: Wire;

  constructor(medium: Medium, step: Step) {
    this.#medium = medium;
    this.#publishing = new Wire(step);
    this.#published = new Wire(step);
    this.#subscribing = new Wire(step);
    this.#arriving = new Wire(step);
  }

  start(node: string, events: MediumEvents): Promise<void> {
    return this.#medium.start(node, {
      ...events,
      received: (userid, message) =>
        void this.#arriving.pass(`a message for ${userid} arrives`, () => events.received(userid, message)),
      heard: (bytes) => void this.#arriving.pass('a word arrives', () => events.heard(bytes)),
      gone: (gone) => void this.#arriving.pass('a node is gone', () => events.gone(gone)),
    });
  }

  tell(node: string | undefined, bytes: Buffer): Promise<number> {
    return this.#question('a word is said', () => this.#medium.tell(node, bytes));
  }

  subscribe(userid: number): Promise<void> {
    return this.#subscription(`subscribe ${userid}`, () => this.#medium.subscribe(userid));
  }

  unsubscribe(userid: number): Promise<void> {
    return this.#subscription(`unsubscribe ${userid}`, () => this.#medium.unsubscribe(userid));
  }

  publish(userid: number, message: Buffer): Promise<number> {
    return this.#question(`publish to ${userid}`, () => this.#medium.publish(userid, message));
  }

  async subscribers(userid: number): Promise<number> {
    return this.#question(
      `count subscribers of ${userid}`,
      async () => (await this.#medium.subscribers(userid)) ?? 0,
    );
  }

  close(): Promise<void> {
    return this.#medium.close();
  }

  /** Confirmed behind all messages that came before it took effect. */
  async #subscription(label: string, work: () => Promise<void>): Promise<void> {
    const { confirmed } = await this.#subscribing.pass(label, () => {
      void work();
      return { confirmed: this.#arriving.pass(`${label} is confirmed`, () => undefined) };
    });
    await confirmed;
  }

  async #question(label: string, work: () => Promise<number>): Promise<number> {
    const { answered } = await this.#publishing.pass(label, () => {
      const answer = work();
      return { answered: this.#published.pass(`${label} is answered`, () => answer) };
    });
    return await answered;
  }
}
