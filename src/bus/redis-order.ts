interface Message {
  readonly userid: number;
  readonly bytes: Buffer;
}

/**
 * On a Redis Cluster a user's channel and that of the user's node may be at two masters, and nothing keeps the order
 * between these: a message could overtake the word that older ones for that user are in the store. So a node publishes to
 * a user only when all that it has said before is with Redis, and the node that receives it first hears everything
 * that Redis has for it.
 */
export class RedisOrder {
  private readonly deliver: (userid: number, bytes: Buffer) => void;
  private readonly hearAll: () => Promise<unknown>;
  private readonly said = new Set<Promise<unknown>>();
  /** Behind it is what is published next; undefined when nothing is in its way. */
  private gate: Promise<void> | undefined;
  private held: Message[] = [];
  private hearing = false;

  /**
   * @param deliver takes a message, in order
   * @param hearAll resolves when everything has been heard that Redis had for this node when it was called
   */
  constructor(deliver: (userid: number, bytes: Buffer) => void, hearAll: () => Promise<unknown>) {
    this.deliver = deliver;
    this.hearAll = hearAll;
  }

  /** A word was said; it is with Redis when this resolves. */
  saying(word: Promise<unknown>): void {
    this.said.add(word);
    void word.finally(() => this.said.delete(word));
  }

  /** Resolves, in the order of the calls, when a message may be published; undefined when it may now. */
  ready(): Promise<void> | undefined {
    if (this.said.size === 0 && this.gate === undefined) return undefined;
    const before = [this.gate, ...this.said];
    const gate = Promise.all(before).then(() => undefined);
    this.gate = gate;
    // After those who wait for it.
    void gate.then(() => setImmediate(() => this.open(gate)));
    return gate;
  }

  /** A message came on a user's channel. */
  received(userid: number, bytes: Buffer): void {
    this.held.push({ userid, bytes });
    if (!this.hearing) void this.release();
  }

  private open(gate: Promise<void>): void {
    if (this.gate === gate) this.gate = undefined;
  }

  private async release(): Promise<void> {
    this.hearing = true;
    while (this.held.length > 0) {
      const { held } = this;
      this.held = [];
      await this.hearAll();
      for (const { userid, bytes } of held) this.deliver(userid, bytes);
    }
    this.hearing = false;
  }
}
