import type { Bus, BusEvents, Receive } from './bus.js';

/** The medium between the nodes of one process; with a single node, a bus that reaches only that node. */
export class InProcessHub {
  readonly nodes = new Set<InProcessBus>();

  /** A new node on this medium. */
  bus(): Bus {
    return new InProcessBus(this);
  }
}

class InProcessBus implements Bus {
  private readonly channels = new Set<number>();
  private readonly hub: InProcessHub;
  private receive: Receive = () => {};

  constructor(hub: InProcessHub) {
    this.hub = hub;
  }

  async start({ receive }: BusEvents): Promise<void> {
    this.receive = receive;
    this.hub.nodes.add(this);
  }

  async subscribe(userid: number): Promise<void> {
    this.channels.add(userid);
  }

  async unsubscribe(userid: number): Promise<void> {
    this.channels.delete(userid);
  }

  async publish(userid: number, message: Buffer): Promise<number> {
    const subscribed = this.subscribedTo(userid);
    for (const node of subscribed) node.receive(userid, message, () => {});
    return subscribed.length;
  }

  async subscribers(userid: number): Promise<number> {
    return this.subscribedTo(userid).length;
  }

  async close(): Promise<void> {
    this.hub.nodes.delete(this);
  }

  private subscribedTo(userid: number): InProcessBus[] {
    return [...this.hub.nodes].filter((node) => node.channels.has(userid));
  }
}
