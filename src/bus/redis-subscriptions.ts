import type { Redis } from 'ioredis';

/** How many channels one SUBSCRIBE takes. */
const BATCH = 1000;

/** The channels that a node wants to hear, on a connection that reconnects: a wish stays until it is taken back. */
export class RedisSubscriptions {
  private readonly redis: Redis;
  /** Each user whose channel is wanted, with whether Redis has confirmed it on this connection. */
  private readonly users = new Map<number, boolean>();
  private readonly ownChannels: () => readonly string[];

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
    return this.ask([userid]);
  }

  /** Never rejects. */
  async unsubscribe(userid: number): Promise<void> {
    this.users.delete(userid);
    await this.redis.unsubscribe(`${userid}`).catch(() => undefined);
  }

  /** Asks again for what was not confirmed: an answer may have come too late, or never. */
  retry(): void {
    const missing: number[] = [];
    for (const [userid, confirmed] of this.users) if (!confirmed) missing.push(userid);
    for (let i = 0; i < missing.length; i += BATCH) void this.ask(missing.slice(i, i + BATCH));
  }

  /** On a new connection. Its commands are handled in order, so whatever is sent after this comes after it. */
  private subscribeAll(): void {
    this.redis.subscribe(...this.ownChannels()).catch(() => undefined);
    for (const userid of this.users.keys()) this.users.set(userid, false);
    this.retry();
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
