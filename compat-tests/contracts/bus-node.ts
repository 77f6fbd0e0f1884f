import { EventEmitter, once } from 'node:events';
import type { Test } from 'tap';
import type { Bus } from '../../src/bus/bus.js';
import { beforeDeadline } from '../harness/deadline.js';

/** A node on a bus that remembers what it received. */
export class BusNode {
  readonly bus: Bus;
  readonly received: { userid: number; message: Buffer; taken: () => void }[] = [];
  readonly undelivered: string[] = [];
  restored = 0;
  readonly #news = new EventEmitter();

  private constructor(bus: Bus) {
    this.bus = bus;
  }

  /** Starts a node; it is closed with the test. */
  static async start(t: Test, bus: Bus): Promise<BusNode> {
    const node = new BusNode(bus);
    t.teardown(() => bus.close());
    await bus.start({
      receive: (userid, message, taken) => {
        node.received.push({ userid, message, taken });
        node.#news.emit('news');
      },
      restored: () => {
        node.restored++;
        node.#news.emit('news');
      },
      undelivered: (userid, message) => {
        node.undelivered.push(`${userid} ${message}`);
        node.#news.emit('news');
      },
    });
    return node;
  }

  /** Waits until so many messages came, and returns their texts. */
  async texts(count: number): Promise<string[]> {
    await this.#until(() => this.received.length >= count, `${count} messages`);
    return this.received.map(({ message }) => message.toString());
  }

  /** Waits until the bus has come back so many times. */
  async back(times: number): Promise<void> {
    await this.#until(() => this.restored >= times, 'the bus to be back');
  }

  /** Waits until so many messages were found undelivered. */
  async gotBack(count: number): Promise<void> {
    await this.#until(() => this.undelivered.length >= count, `${count} messages to come back`);
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    while (!done()) {
      await beforeDeadline(
        once(this.#news, 'news'),
        () => `${what}, having ${this.received.length}, ${this.restored} and ${this.undelivered.length}`,
      );
    }
  }
}
