import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { Test } from 'tap';
import type { Medium } from '../../src/bus/medium.js';
import { beforeDeadline } from '../harness/deadline.js';

/** A node on a medium that remembers what it received. */
export class MediumNode {
  readonly name = randomBytes(8).toString('hex');
  readonly medium: Medium;
  readonly received: { userid: number; message: Buffer }[] = [];
  readonly heard: string[] = [];
  /** Both, as they came. */
  readonly all: string[] = [];
  readonly gone: string[] = [];
  /** Nodes whose end it shall notice. */
  readonly known: string[] = [];
  restored = 0;
  /** Resolves when its greeting is over, each time that the medium is back. */
  greeting: Promise<void> | undefined;
  readonly #news = new EventEmitter();

  private constructor(medium: Medium) {
    this.medium = medium;
  }

  /** Starts a node; it is closed with the test. */
  static async start(t: Test, medium: Medium): Promise<MediumNode> {
    const node = new MediumNode(medium);
    t.teardown(() => medium.close());
    const news = () => node.#news.emit('news');
    await medium.start(node.name, {
      received: (userid, message) => {
        node.received.push({ userid, message });
        node.all.push(message.toString());
        news();
      },
      heard: (bytes) => {
        node.heard.push(bytes.toString());
        node.all.push(bytes.toString());
        news();
      },
      up: (up) => {
        if (up) node.restored++;
        news();
        return node.greeting;
      },
      gone: (name) => {
        node.gone.push(name);
        news();
      },
      beat: () => {},
      nodes: () => node.known,
    });
    return node;
  }

  /** Waits until so many messages came, and returns their texts. */
  async texts(count: number): Promise<string[]> {
    await this.until(() => this.received.length >= count, `${count} messages`);
    return this.received.map(({ message }) => message.toString());
  }

  /** Waits until the medium has come back so many times. */
  async back(times: number): Promise<void> {
    await this.until(() => this.restored >= times, 'the medium to be back');
  }

  /** Waits for something that news may bring. */
  async until(done: () => boolean, what: string): Promise<void> {
    while (!done()) {
      await beforeDeadline(
        once(this.#news, 'news'),
        () => `${what}, having ${this.received.length}, ${this.heard.length} and ${this.restored}`,
      );
    }
  }
}
