import type { Redis } from 'ioredis';
import type { Bus, Receive } from './bus.js';
import { MAX_BACK_OFF, open, redisConnection } from './redis-connection.js';
import { RedisSubscriptions } from './redis-subscriptions.js';

/*
 * Times in milliseconds. Every node must find out that Redis does not answer before any node gives up a
 * PUBLISH and stores its message: BEAT + ANSWER < PUBLISH. A node that is back waits until the others
 * are back too, and store no more, before it says so: STEADY. The subscribing connection is given up
 * late, because Redis counts it as a receiver until it has noticed.
 */
const BEAT = 250;
const ANSWER = 1500;
const PUBLISH = 2000;
const DEAD = 10_000;
const STEADY = 2 * MAX_BACK_OFF + 2 * BEAT;

export interface RedisBusOptions {
  /** `redis://host:port`, also with user, password and database number. */
  readonly url: string;
  /** Called with the reason when Redis goes away, and with undefined when it is back. */
  readonly onChange?: (reason: string | undefined) => void;
}

/**
 * A bus over Redis pub/sub (PROTOCOL.md section 6). It reconnects for ever; while Redis is away, publish
 * resolves with 0 at once. A PUBLISH that is not answered in time counts as 0 as well, although it may
 * have reached someone: its message is delivered at least once.
 */
export function openRedis(options: RedisBusOptions): Bus {
  return new RedisBus(options);
}

class RedisBus implements Bus {
  private readonly publisher: Redis;
  private readonly subscriber: Redis;
  private readonly subscriptions: RedisSubscriptions;
  private readonly onChange: (reason: string | undefined) => void;
  private away = false;
  /** Beats in a row that were answered since Redis was away. */
  private answered = 0;
  private corked = false;
  private heart: NodeJS.Timeout | undefined;

  constructor({ url, onChange = () => {} }: RedisBusOptions) {
    this.publisher = redisConnection(url, { socketTimeout: PUBLISH });
    this.subscriber = redisConnection(url, { socketTimeout: DEAD, commandTimeout: ANSWER });
    this.subscriptions = new RedisSubscriptions(this.subscriber);
    this.onChange = onChange;
  }

  async start(receive: Receive, restored: () => void): Promise<void> {
    this.subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      receive(Number(channel.toString('latin1')), message);
    });
    const connections = [this.publisher, this.subscriber];
    for (const redis of connections) {
      redis.on('error', (error) => this.lost(error.message));
      redis.on('close', () => this.lost('the connection was closed'));
    }
    try {
      await Promise.all(connections.map(open));
    } catch (error) {
      await this.close();
      throw error;
    }
    this.heart = setInterval(() => void this.beat(restored), BEAT);
  }

  subscribe(userid: number): Promise<void> {
    return this.subscriptions.subscribe(userid);
  }

  unsubscribe(userid: number): Promise<void> {
    return this.subscriptions.unsubscribe(userid);
  }

  async publish(userid: number, message: Buffer): Promise<number> {
    if (this.publisher.status !== 'ready') return 0;
    this.cork();
    return await this.publisher.publish(`${userid}`, message).catch(() => 0);
  }

  async subscribers(userid: number): Promise<number> {
    const [, count] = await this.publisher.pubsub('NUMSUB', `${userid}`);
    return Number(count);
  }

  async close(): Promise<void> {
    clearInterval(this.heart);
    this.heart = undefined;
    this.publisher.disconnect();
    this.subscriber.disconnect();
  }

  /** Lets everything that is published in this turn of the event loop leave in one write: half the CPU. */
  private cork(): void {
    if (this.corked) return;
    this.corked = true;
    const { stream } = this.publisher;
    stream.cork();
    process.nextTick(() => {
      this.corked = false;
      stream.uncork();
    });
  }

  private lost(reason: string): void {
    this.answered = 0;
    if (this.away || this.heart === undefined) return;
    this.away = true;
    this.onChange(reason);
  }

  /** Asks for an answer behind everything sent so far, the users subscribed again included. */
  private async beat(restored: () => void): Promise<void> {
    try {
      await this.subscriber.ping();
    } catch {
      return this.lost(`no answer within ${ANSWER} ms`);
    }
    if (!this.away || this.publisher.status !== 'ready') return;
    this.answered++;
    if (this.answered * BEAT < STEADY) return;
    this.away = false;
    this.onChange(undefined);
    restored();
  }
}
