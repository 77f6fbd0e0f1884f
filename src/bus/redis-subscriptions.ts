import { setImmediate as turn } from 'node:timers/promises';
import type { Redis } from 'ioredis';

/** How many channels one SUBSCRIBE takes. */
const BATCH = 1000;

/** Users to be subscribed to together. */
interface Batch {
  readonly userids: Set<number>;
  readonly asked: Promise<void>;
}

/** The channels that a node wants to hear, on a connection that reconnects: a wish stays until it is taken back. */
export class RedisSubscriptions {
  private readonly redis: Redis;
  /** Each user whose channel is wanted, with whether Redis has confirmed it on this connection. */
  private readonly users = new Map<number, boolean>();
  private readonly ownChannels: () => readonly string[];
  /** By Redis's count: the connection that there is, and those before it. */
  private current: number | undefined;
  private readonly former = new Set<number>();
  /** All that are wanted in this turn of the event loop. */
  private batch: Batch | undefined;

  /**
   * Takes a connection that is used for nothing else.
   *
   * @param ownChannels which channels to subscribe to besides; asked for each new connection
   */
  constructor(redis: Redis, ownChannels: () => readonly string[]) {
    this.redis = redis;
    this.ownChannels = ownChannels;
    redis.on('ready', () => this.subscribeAll());
  }

  /** Resolves once Redis has confirmed, or has failed to: then it is asked again by `retry`. Never rejects. */
  subscribe(userid: number): Promise<void> {
    this.users.set(userid, false);
    this.batch ??= this.nextTurn();
    this.batch.userids.add(userid);
    return this.batch.asked;
  }

  /** Never rejects. */
  async unsubscribe(userid: number): Promise<void> {
    this.users.delete(userid);
    await this.redis.unsubscribe(`${userid}`).catch(() => undefined);
  }

  /**
   * Has Redis end the connections before this one: one that was cut off without a word would count as a receiver
   * for minutes. Where the right to is missing it stays as it is.
   */
  buryFormer(redis: Redis): void {
    for (const id of this.former) void redis.client('KILL', 'ID', id).catch(() => undefined);
    this.former.clear();
  }

  /** Asks again for what was not confirmed: an answer may have come too late, or never. */
  retry(): void {
    const missing: number[] = [];
    for (const [userid, confirmed] of this.users) if (!confirmed) missing.push(userid);
    void this.askAll(missing);
  }

  /** On a new connection. Its commands are handled in order, so whatever is sent after this comes after it. */
  private subscribeAll(): void {
    if (this.current !== undefined) this.former.add(this.current);
    this.current = undefined;
    this.redis.client('ID').then(
      (id) => {
        this.current = id;
      },
      () => undefined,
    );
    this.redis.subscribe(...this.ownChannels()).catch(() => undefined);
    for (const userid of this.users.keys()) this.users.set(userid, false);
    this.retry();
  }

  private nextTurn(): Batch {
    const userids = new Set<number>();
    const asked = turn().then(() => {
      this.batch = undefined;
      // Those who left meanwhile have been unsubscribed.
      return this.askAll([...userids].filter((userid) => this.users.has(userid)));
    });
    return { userids, asked };
  }

  private async askAll(userids: readonly number[]): Promise<void> {
    const batches: Promise<void>[] = [];
    for (let i = 0; i < userids.length; i += BATCH) batches.push(this.ask(userids.slice(i, i + BATCH)));
    await Promise.all(batches);
  }

  private async ask(userids: readonly number[]): Promise<void> {
    try {
      await this.redis.subscribe(...userids.map(String));
    } catch {
      return;
    }
    for (const userid of userids) if (this.users.has(userid)) this.users.set(userid, true);
  }
}
