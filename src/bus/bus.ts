/**
 * Called with every message that arrives for a subscribed user: the user's id and the message's bytes.
 * `taken` is to be called once: when the message has left for the user, or is stored.
 */
export type Receive = (userid: number, message: Buffer, taken: () => void) => void;

export interface BusEvents {
  /** Every message for this node's subscribed users, in the order published. */
  readonly receive: Receive;

  /**
   * The bus is back after it was away, all users subscribed again: messages to them may have been stored
   * meanwhile.
   */
  restored(): void;

  /**
   * A message that this node published is with a node that died: it is to be delivered anew (DIFFERENCES 18).
   * What is returned is waited for before later publishes to dead nodes are answered; it never rejects.
   */
  undelivered(userid: number, message: Buffer): void | Promise<void>;
}

/**
 * How nodes reach each other's users (PROTOCOL.md section 6): one channel per online user, its name the
 * user's id, its payload the bytes of a message as they are written to the client.
 */
export interface Bus {
  /** Connects. */
  start(events: BusEvents): Promise<void>;

  /** Resolves once messages published from now on will arrive here. Rejects when the bus is away. */
  subscribe(userid: number): Promise<void>;

  /** Stops receiving for a user. Never rejects: what is away receives nothing anyhow. */
  unsubscribe(userid: number): Promise<void>;

  /**
   * Publishes in the order of the calls, without waiting for earlier ones. Resolves with the number of nodes
   * that got the message; 0 when there is none, or when the bus is away. Never rejects.
   */
  publish(userid: number, message: Buffer): Promise<number>;

  /** How many nodes are subscribed to a user now. Rejects when the bus is away. */
  subscribers(userid: number): Promise<number>;

  /** Lets the other nodes know what they must, then ends all connections. No call may follow. */
  close(): Promise<void>;
}
