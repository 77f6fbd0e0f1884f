import type { Medium, MediumEvents } from '../../src/bus/medium.js';
import type { Step } from './clock.js';
import type { LinkOrder } from './link-order.js';
import { Wire } from './wire.js';

/**
 * One node's connections to the medium, as to Redis: one publishes, one subscribes, each slow in both directions.
 * They can be cut: what is under way is lost. On a Redis Cluster the channels of users come over a connection of their own.
 */
export class SlowMedium implements Medium {
  readonly hasOriginals: boolean;
  readonly #medium: Medium;
  readonly #order: LinkOrder;
  readonly #publishing: Wire;
  readonly #published: Wire;
  readonly #subscribing: Wire;
  readonly #arriving: Wire;
  readonly #channels: Wire;
  readonly #wishes = new Set<number>();
  /** The wishes that the medium has: some are on their way still, and so are some that were taken back. */
  readonly #subscribed = new Set<number>();
  #events: MediumEvents | undefined;
  #closed = false;

  /** @param order sees all that nodes say to each other */
  constructor(medium: Medium, isCluster: boolean, order: LinkOrder, step: Step) {
    this.hasOriginals = !isCluster;
    this.#medium = medium;
    this.#order = order;
    this.#publishing = new Wire(step);
    this.#published = new Wire(step);
    this.#subscribing = new Wire(step);
    this.#arriving = new Wire(step);
    this.#channels = isCluster ? new Wire(step) : this.#arriving;
  }

  start(node: string, events: MediumEvents): Promise<void> {
    this.#events = events;
    const arrives = (label: string, work: () => void) => void this.#arriving.pass(label, work, undefined);
    return this.#medium.start(node, {
      ...events,
      received: (userid, message) =>
        void this.#channels.pass(
          `a message for ${userid} arrives`,
          () => events.received(userid, message),
          undefined,
        ),
      heard: (bytes) => arrives('a word arrives', () => events.heard(bytes)),
      gone: (gone) => arrives('a node is gone', () => events.gone(gone)),
    });
  }

  tell(node: string | undefined, bytes: Buffer): Promise<number> {
    if (node !== undefined) this.#order.said(node, bytes);
    return this.#question('a word is said', () => this.#medium.tell(node, bytes));
  }

  subscribe(userid: number): Promise<void> {
    this.#wishes.add(userid);
    return this.#subscription(`subscribe ${userid}`, () => this.#begin(userid));
  }

  unsubscribe(userid: number): Promise<void> {
    this.#wishes.delete(userid);
    return this.#subscription(`unsubscribe ${userid}`, () => this.#end(userid));
  }

  publish(userid: number, message: Buffer): Promise<number> {
    return this.#question(`publish to ${userid}`, () => this.#medium.publish(userid, message));
  }

  async subscribers(userid: number): Promise<number> {
    if (this.#publishing.isCut) throw new Error('the bus is away');
    return this.#question(
      `count subscribers of ${userid}`,
      async () => (await this.#medium.subscribers(userid)) ?? 0,
    );
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#medium.close();
  }

  /** Resolves when all that was said so far is with the others, or on its way to them. */
  spoken(): Promise<void> {
    return this.#publishing.pass('all that was said is there', () => {}, undefined);
  }

  /** Resolves when all that was on its way so far has arrived. */
  beat(): Promise<void> {
    return this.#arriving.pass('a beat', () => this.#events?.beat([]), undefined);
  }

  /** All connections break, and with them all subscriptions. The others find that out for themselves. */
  async cut(): Promise<void> {
    for (const wire of this.#wires) wire.cut();
    await Promise.all([...this.#subscribed].map((userid) => this.#end(userid)));
    this.#events?.up(false);
  }

  /** They are open again, unless the node has died meanwhile. */
  async heal(): Promise<void> {
    if (this.#closed) return;
    for (const wire of this.#wires) wire.isCut = false;
    await Promise.all([...this.#wishes].map((userid) => this.#begin(userid)));
    await this.#arriving.pass('the bus is back', () => void this.#events?.up(true), undefined);
  }

  #begin(userid: number): Promise<void> {
    this.#subscribed.add(userid);
    return this.#medium.subscribe(userid);
  }

  #end(userid: number): Promise<void> {
    this.#subscribed.delete(userid);
    return this.#medium.unsubscribe(userid);
  }

  get #wires(): readonly Wire[] {
    return [this.#publishing, this.#published, this.#subscribing, this.#arriving, this.#channels];
  }

  /** Confirmed behind all messages that came before it took effect. */
  async #subscription(label: string, work: () => Promise<void>): Promise<void> {
    const answer = await this.#subscribing.pass(
      label,
      () => {
        void work();
        return { confirmed: this.#arriving.pass(`${label} is confirmed`, () => undefined, undefined) };
      },
      undefined,
    );
    await answer?.confirmed;
  }

  async #question(label: string, work: () => Promise<number>): Promise<number> {
    const reply = await this.#publishing.pass(
      label,
      () => {
        const answer = work();
        return { answered: this.#published.pass(`${label} is answered`, () => answer, 0) };
      },
      undefined,
    );
    return (await reply?.answered) ?? 0;
  }
}
