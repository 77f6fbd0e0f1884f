import type { Redis } from 'ioredis';

/** How many channels one SUBSCRIBE takes when all are subscribed again. */
const BATCH = 1000;

/** The channels of this node and of its users, on a connection that reconnects. */
export class RedisSubscriptions {
  private readonly redis: Redis;
  /** Each user that is to be subscribed, with the latest call that said so. */
  private readonly users = new Map<number, symbol>();
  private readonly newChannels: () => readonly string[];

  /**
   * Takes a connection that is used for nothing else.
   *
   * @param newChannels which channels to subscribe to besides; asked for each new connection
   */
  constructor(redis: Redis, newChannels: () => readonly string[]) {
    this.redis = redis;
    this.newChannels = newChannels;
    redis.on('ready', () => this.subscribeAll());
  }

  /** All users who are to be subscribed. */
  all(): Iterable<number> {
    return this.users.keys();
  }

  /** Whether the user is to be subscribed. */
  has(userid: number): boolean {
    return this.users.has(userid);
  }

  /** Resolves once Redis has confirmed. When it rejects, the user is not subscribed, also not later. */
  async subscribe(userid: number): Promise<void> {
    const call = Symbol();
    this.users.set(userid, call);
    try {
      await this.redis.subscribe(`${userid}`);
    } catch (cause) {
      // Redis may still read the command that was waited for too long: take it back, unless a later call wants it.
      if (this.users.get(userid) === call) void this.unsubscribe(userid);
      throw new Error('Redis is away', { cause });
    }
  }

  /** Never rejects. */
  async unsubscribe(userid: number): Promise<void> {
    this.users.delete(userid);
    await this.redis.unsubscribe(`${userid}`).catch(() => undefined);
  }

  /** On a new connection. Its commands are handled in order, so whatever is sent after this comes after it. */
  private subscribeAll(): void {
    const channels = [...this.newChannels(), ...[...this.users.keys()].map(String)];
    for (let i = 0; i < channels.length; i += BATCH) {
      this.redis.subscribe(...channels.slice(i, i + BATCH)).catch(() => undefined);
    }
  }
}
