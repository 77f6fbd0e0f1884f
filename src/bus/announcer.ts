import { randomBytes } from 'node:crypto';
import { channelOfNode, encode, RECEIPTS_CHANNEL, speaker } from './announcement.js';
import { fingerprint } from './fingerprint.js';

/**
 * How long receipts wait, in ms, for others and for messages that can leave with them: each announcement costs
 * a write here, in Redis and to every node. The longer they wait, the more a crash lets be delivered twice.
 */
const GATHER = 5;

/** How many receipts are kept while the bus is away; the senders wait for none of them for ever. */
const MAX_KEPT = 1_000_000;

interface Around {
  /** Publishes. Rejects when it is not certain that it did. */
  publish(channel: string, bytes: Buffer): Promise<unknown>;
  /** This node's users. */
  users(): Iterable<number>;
  /** Whether there is no other node of ours. */
  alone(): boolean;
}

/** What this node tells the others: who its users are, and which messages they have got (DIFFERENCES 18). */
export class Announcer {
  private node = '';
  private readonly around: Around;
  private taken: number[] = [];
  /** Users who came (true) or left since the last announcement. */
  private readonly moved = new Map<number, boolean>();
  private timer: NodeJS.Timeout | undefined;
  private spoke = 0;
  /** While the bus is away everything waits: the next greeting tells it. */
  private silent = true;

  constructor(around: Around) {
    this.around = around;
  }

  /** Whether it was this node that spoke. */
  isOwn(bytes: Buffer): boolean {
    return speaker(bytes) === this.node;
  }

  /**
   * The channels to subscribe to on a new connection. They have a new name for this node: what Redis had sent
   * to the former connection may never have arrived, so for the senders that node is dead.
   */
  newChannels(): string[] {
    this.node = randomBytes(8).toString('hex');
    return [RECEIPTS_CHANNEL, channelOfNode(this.node)];
  }

  /** What to call once a message that has just arrived is taken. */
  taker(userid: number, message: Buffer): () => void {
    return this.around.alone() ? () => {} : () => this.took(fingerprint(userid, message));
  }

  /** A user is about to be subscribed. The others shall know before they can reach it: so this leaves at once. */
  came(userid: number): void {
    if (!this.move(userid, true)) return;
    void this.flush();
  }

  /** A user was unsubscribed. */
  left(userid: number): void {
    if (this.move(userid, false)) this.soon();
  }

  /** The bus is away. */
  hold(): void {
    this.silent = true;
    this.moved.clear();
  }

  /** The bus is there, or back: tells all others everything, also if this node does not know of any. */
  greet(): Promise<void> {
    this.silent = false;
    this.moved.clear();
    return this.say(RECEIPTS_CHANNEL, true, [...this.around.users()]);
  }

  /** Tells one other node who the users here are. */
  answer(node: string): void {
    const told = { hello: false, taken: [], came: [...this.around.users()], left: [] };
    this.around.publish(channelOfNode(node), encode({ node: this.node, ...told })).catch(() => {});
  }

  /** Something leaves for Redis now: what is to be told may go with it. */
  ride(): void {
    if (this.timer !== undefined && performance.now() - this.spoke >= GATHER) void this.flush();
  }

  /** Tells what is to be told now. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.silent || (this.taken.length === 0 && this.moved.size === 0)) return;
    const came: number[] = [];
    const left: number[] = [];
    for (const [userid, here] of this.moved) (here ? came : left).push(userid);
    this.moved.clear();
    await this.say(RECEIPTS_CHANNEL, false, came, left);
  }

  private took(key: number): void {
    if (this.taken.length >= MAX_KEPT) this.taken = [];
    this.taken.push(key);
    this.soon();
  }

  private move(userid: number, here: boolean): boolean {
    if (this.silent || this.around.alone()) return false;
    this.moved.set(userid, here);
    return true;
  }

  private soon(): void {
    if (!this.silent) this.timer ??= setTimeout(() => void this.flush(), GATHER);
  }

  private async say(channel: string, hello: boolean, came: number[], left: number[] = []): Promise<void> {
    const { taken, node } = this;
    this.taken = [];
    this.spoke = performance.now();
    try {
      await this.around.publish(channel, encode({ node, hello, taken, came, left }));
    } catch {
      // The next greeting tells the rest anew.
      this.taken = taken.concat(this.taken);
    }
  }
}
