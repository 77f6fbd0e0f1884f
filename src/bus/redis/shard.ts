import type { Redis } from 'ioredis';
import { type Flushable, flushLater } from '../../net/flusher.js';
import { ifSilent } from '../../net/silence.js';
import { open, reasonOf, redisConnection } from './connection.js';
import type { Judge } from './driver.js';
import { checkRights } from './rights.js';
import { RedisSubscriptions } from './subscriptions.js';
import { ANSWER, DEAD, PUBLISH } from './times.js';
import type { RedisVerbs } from './verbs.js';

/** When Redis goes away its two connections end within this time of each other, in ms. */
const SURE = 50;

/** How to speak to a master, and which is one. */
export interface ShardKind {
  readonly verbs: RedisVerbs;
  readonly judge: Judge;
}

/** A shard tells these. */
export interface ShardEvents {
  /** A message on a channel, as it is spelled. */
  arrived(channel: Buffer, message: Buffer): void;
  /** A connection to it has failed: what was under way may be lost. */
  lost(reason: string): void;
  /** It has ended the connection that subscribes, and no other: too much was on its way. */
  cut(): void;
  /** It has ended subscriptions by itself: their slots belong to another master. */
  moved(): void;
}

/** One master: a connection that publishes, and one that subscribes. Both reconnect for ever. */
export class RedisShard implements Flushable {
  readonly url: string;
  readonly subscriptions: RedisSubscriptions;
  private readonly verbs: RedisVerbs;
  private readonly events: ShardEvents;
  private readonly publisher: Redis;
  private readonly subscriber: Redis;
  private corked = false;
  private closed = false;

  constructor(url: string, { verbs, judge }: ShardKind, events: ShardEvents) {
    this.url = url;
    this.verbs = verbs;
    this.events = events;
    this.publisher = redisConnection(url, { socketTimeout: PUBLISH }, judge);
    this.subscriber = redisConnection(url, { socketTimeout: DEAD, commandTimeout: ANSWER }, judge);
    this.subscriptions = new RedisSubscriptions(this.subscriber, verbs);
    for (const redis of [this.publisher, this.subscriber]) {
      redis.on('error', (error) => this.lost(reasonOf(error)));
      redis.on('close', () => this.lost('the connection was closed'));
    }
    this.subscriber.on(verbs.message, (channel: Buffer, message: Buffer) => events.arrived(channel, message));
    this.subscriber.on('close', () => this.seeCut());
    this.subscriber.on('moved', () => events.moved());
  }

  /** Opens it. Rejects with one line when that is not possible, and tries no more. */
  async open(): Promise<void> {
    await Promise.all([this.publisher, this.subscriber].map(open));
    await checkRights(this.publisher, this.subscriber, this.verbs);
  }

  /** Opens it some time. */
  connect(): void {
    for (const redis of [this.publisher, this.subscriber]) redis.connect().catch(() => undefined);
  }

  get isReady(): boolean {
    return this.publisher.status === 'ready' && this.subscriber.status === 'ready';
  }

  /** Resolves with how many got it. Rejects when it is away, or does not have the channel. */
  async publish(channel: string, bytes: Buffer): Promise<number> {
    if (this.publisher.status !== 'ready') throw new Error('it is away');
    if (!this.corked) {
      this.corked = true;
      this.publisher.stream.cork();
      flushLater(this);
    }
    return await this.verbs.publish(this.publisher, channel, bytes);
  }

  /** How many are subscribed to each. Rejects when it is away. */
  count(channels: readonly string[]): Promise<number[]> {
    return this.verbs.count(this.publisher, channels);
  }

  /** Asks it something else than messages. Rejects when it is away. */
  ask(command: string, ...args: string[]): Promise<unknown> {
    return this.publisher.call(command, ...args);
  }

  /**
   * Resolves with true behind everything sent so far, the channels subscribed to again included; with false when it is
   * not there.
   */
  async isThere(): Promise<boolean> {
    try {
      await this.subscriber.ping();
    } catch {
      const { stream } = this.subscriber;
      if (!this.closed && stream !== undefined) ifSilent(stream, () => this.silent(stream));
      return false;
    }
    this.subscriptions.answers(true);
    return this.publisher.status === 'ready';
  }

  /** Is called now and then while the master is there. */
  tidy(): void {
    this.subscriptions.retry();
    // Until users are heard anew, somebody must count as who listens for them.
    if (!this.subscriptions.areUsersHeld) this.buryFormer();
  }

  /** See RedisSubscriptions. */
  buryFormer(): void {
    this.subscriptions.buryFormer(this.publisher);
  }

  /** All that is published in this turn of the event loop leaves in one write: half the CPU. */
  flush(): void {
    this.corked = false;
    this.publisher.stream.uncork();
  }

  /** Ends it once what was published has been sent. */
  async close(): Promise<void> {
    // Its answer comes behind everything that was said.
    if (this.publisher.status === 'ready') await this.publisher.ping().catch(() => undefined);
    this.end();
  }

  /** Ends it at once. */
  end(): void {
    this.closed = true;
    this.publisher.disconnect();
    this.subscriber.disconnect();
  }

  /** When the other connection stays, somebody wanted the end of this one. */
  private seeCut(): void {
    const { stream, status } = this.publisher;
    if (status !== 'ready') return;
    const look = () => {
      if (!this.closed && this.publisher.status === 'ready' && this.publisher.stream === stream)
        this.events.cut();
    };
    setTimeout(look, SURE).unref();
  }

  private silent(stream: Redis['stream']): void {
    // One that has ended is no receiver any more.
    const { status } = this.subscriber;
    if (status === 'ready' && stream === this.subscriber.stream) this.subscriptions.answers(false);
    this.lost(`no answer within ${ANSWER} ms`);
  }

  private lost(reason: string): void {
    if (!this.closed) this.events.lost(reason);
  }
}
