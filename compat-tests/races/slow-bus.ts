import type { Bus, BusEvents, Receive } from '../../src/bus/bus.js';
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

/** One node's connections to the bus, as to Redis: one publishes, one subscribes, each slow in both directions. */
export class SlowBus implements Bus {
  readonly #bus: Bus;
  readonly #publishing: Wire;
  readonly #published: Wire;
  readonly #subscribing: Wire;
  readonly #arriving: Wire;

  constructor(bus: Bus, step: Step) {
    this.#bus = bus;
    this.#publishing = new Wire(step);
    this.#published = new Wire(step);
    this.#subscribing = new Wire(step);
    this.#arriving = new Wire(step);
  }

  start(events: BusEvents): Promise<void> {
    const receive: Receive = (userid, ...rest) =>
      void this.#arriving.pass(`a message for ${userid} arrives`, () => events.receive(userid, ...rest));
    return this.#bus.start({ ...events, receive });
  }

  subscribe(userid: number): Promise<void> {
    return this.#subscription(`subscribe ${userid}`, () => this.#bus.subscribe(userid));
  }

  unsubscribe(userid: number): Promise<void> {
    return this.#subscription(`unsubscribe ${userid}`, () => this.#bus.unsubscribe(userid));
  }

  publish(userid: number, message: Buffer): Promise<number> {
    return this.#question(`publish to ${userid}`, () => this.#bus.publish(userid, message));
  }

  subscribers(userid: number): Promise<number> {
    return this.#question(`count subscribers of ${userid}`, () => this.#bus.subscribers(userid));
  }

  close(): Promise<void> {
    return this.#bus.close();
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
