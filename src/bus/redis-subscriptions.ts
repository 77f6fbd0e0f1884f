import type { Redis } from 'ioredis';

/** How many channels one SUBSCRIBE takes when all are subscribed again. */
const BATCH = 1000;

/** The channels of this node's users, on a connection that reconnects. */
export class RedisSubscriptions {
  private readonly redis: Redis;
  /** Each user that is to be subscribed, with the latest call that said so. */
  private readonly users = new Map<number, symbol>();

  /** Takes a connection that is used for nothing else. */
  constructor(redis: Redis) {
    this.redis = redis;
    redis.on('ready', () => this.subscribeAll());
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
    const channels = [...this.users.keys()].map(String);
    for (let i = 0; i < channels.length; i += BATCH) {
      this.redis.subscribe(...channels.slice(i, i + BATCH)).catch(() => undefined);
    }
  }
}
