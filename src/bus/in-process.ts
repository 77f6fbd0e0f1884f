import type { Medium, MediumEvents } from './medium.js';

/** The medium between the nodes of one process; with a single node, one that reaches only that node. */
export class InProcessHub {
  readonly nodes = new Map<string, InProcessMedium>();

  /** A new node on this medium. */
  medium(): Medium {
    return new InProcessMedium(this);
  }
}

class InProcessMedium implements Medium {
  readonly hasOriginals = true;
  private readonly channels = new Set<number>();
  private readonly hub: InProcessHub;
  private node = '';
  private events: MediumEvents | undefined;

  constructor(hub: InProcessHub) {
    this.hub = hub;
  }

  async start(node: string, events: MediumEvents): Promise<void> {
    this.node = node;
    this.events = events;
    this.hub.nodes.set(node, this);
  }

  async subscribe(userid: number): Promise<void> {
    this.channels.add(userid);
  }

  async unsubscribe(userid: number): Promise<void> {
    this.channels.delete(userid);
  }

  async publish(userid: number, message: Buffer): Promise<number> {
    const subscribed = this.subscribedTo(userid);
    for (const node of subscribed) node.events?.received(userid, message);
    return subscribed.length;
  }

  async subscribers(userid: number): Promise<number> {
    return this.subscribedTo(userid).length;
  }

  async tell(node: string | undefined, bytes: Buffer): Promise<number> {
    const nodes = node === undefined ? [...this.hub.nodes.values()] : [this.hub.nodes.get(node)];
    for (const one of nodes) if (one !== this) one?.events?.heard(bytes);
    return nodes.length;
  }

  async close(): Promise<void> {
    this.hub.nodes.delete(this.node);
    for (const other of this.hub.nodes.values()) other.events?.gone(this.node);
  }

  private subscribedTo(userid: number): InProcessMedium[] {
    return [...this.hub.nodes.values()].filter((node) => node.channels.has(userid));
  }
}
