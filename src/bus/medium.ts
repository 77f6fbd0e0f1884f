/** A medium tells its node these. */
export interface MediumEvents {
  /** A message was published on the channel of a user who is subscribed here; those of one user come in the order in which its channel had them. */
  received(userid: number, message: Buffer): void;

  /** A node of ours spoke to this one, or to all (itself too, perhaps). The frames of one node come in order. */
  heard(bytes: Buffer): void;

  /**
   * The medium went away, or is back: what was under way may be lost. Not called for the first start. When it is back, a
   * promise for when the other nodes know: until then nothing may come on users' channels that could pass what was lost.
   */
  up(up: boolean): Promise<void> | void;

  /** A node of ours has died or closed: it will never speak again. */
  gone(node: string): void;

  /**
   * Everything that was said before the call before the last one has been heard. Called several times a second.
   *
   * @param deaf nodes that cannot have received anything that was published since the last call
   */
  beat(deaf: readonly string[]): void;

  /** The nodes that this one knows of; the medium finds out which of them have gone. */
  nodes(): readonly string[];
}

/**
 * Carries between nodes: one channel per online user, as the original uses them (PROTOCOL.md section 6: its
 * name is the user's id, its payload the bytes of a message), and frames between nodes of ours.
 *
 * The messages of one node on one channel come in order, and so do its frames to one node. A message on a channel and a
 * frame come in order, too, where servers of the original may be. On a Redis Cluster they may be at two masters.
 */
export interface Medium {
  /**
   * Whether servers of the original may be on it. Where none can be, nobody needs to publish to users: nodes of ours say
   * where theirs are before they subscribe.
   */
  readonly hasOriginals: boolean;

  /** Connects; from now on `node` can be spoken to. Rejects, in one line, when that is not possible. */
  start(node: string, events: MediumEvents): Promise<void>;

  /**
   * Messages for the user shall come here, until `unsubscribe`. Resolves when they do; or at once when the medium
   * is away: then they will when it is back. Never rejects.
   */
  subscribe(userid: number): Promise<void>;

  /** Stops receiving for a user. Never rejects: what is away receives nothing anyhow. */
  unsubscribe(userid: number): Promise<void>;

  /**
   * Publishes in the order of the calls, without waiting for earlier ones. Resolves with the number of nodes
   * that got the message; 0 when there is none, or when the medium is away. Never rejects.
   */
  publish(userid: number, message: Buffer): Promise<number>;

  /**
   * How many nodes are subscribed to a user now; undefined where users have no channels. Rejects when the medium
   * is away.
   */
  subscribers(userid: number): Promise<number | undefined>;

  /** Speaks to a node of ours, or to all. Resolves with how many got it; 0 when it is away. Never rejects. */
  tell(node: string | undefined, bytes: Buffer): Promise<number>;

  /** Ends all connections, once what was said has been sent. No call may follow. */
  close(): Promise<void>;
}
