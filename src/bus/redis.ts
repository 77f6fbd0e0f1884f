import type { Redis } from 'ioredis';
import { decode } from './announcement.js';
import { Announcer } from './announcer.js';
import type { Bus, BusEvents } from './bus.js';
import { Receipts } from './receipts.js';
import { MAX_BACK_OFF, open, redisConnection } from './redis-connection.js';
import { checkRights } from './redis-rights.js';
import { RedisSubscriptions } from './redis-subscriptions.js';

/*
 * Times in milliseconds. Every node must find out that Redis does not answer before any node gives up a
 * PUBLISH and stores its message: BEAT + ANSWER < PUBLISH. A node that is back waits until the others
 * are back too, and store no more, before it says so and sends its receipts: STEADY. After as long again
 * all others must have done so: who is not there now is dead. The subscribing connection is given up
 * late, because Redis counts it as a receiver until it has noticed.
 */
const BEAT = 250;
const ANSWER = 1500;
const PUBLISH = 2000;
const DEAD = 10_000;
const STEADY = 2 * MAX_BACK_OFF + 2 * BEAT;
/** How long a receipt is waited for. Late ones are for clients who read slowly. */
const RECEIPT = 30_000;

export interface RedisBusOptions {
  /** `redis://host:port`, also with user, password and database number. */
  readonly url: string;
  /** Called with the reason when Redis goes away, and with undefined when it is back. */
  readonly onChange?: (reason: string | undefined) => void;
}

/**
 * A bus over Redis pub/sub (PROTOCOL.md section 6). It reconnects for ever; while Redis is away, publish
 * resolves with 0 at once. A PUBLISH that is not answered in time counts as 0 as well, although it may
 * have reached someone: its message is delivered at least once. Nodes of ours send each other receipts
 * (DIFFERENCES 18), on channels that original nodes know nothing of.
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
  private answered = Number.POSITIVE_INFINITY;
  private corked = false;
  private heart: NodeJS.Timeout | undefined;
  private events: BusEvents | undefined;
  private readonly announcer: Announcer;
  private readonly receipts: Receipts;

  constructor({ url, onChange = () => {} }: RedisBusOptions) {
    this.publisher = redisConnection(url, { socketTimeout: PUBLISH });
    this.subscriber = redisConnection(url, { socketTimeout: DEAD, commandTimeout: ANSWER });
    this.receipts = new Receipts({
      subscribers: (channels) => this.numsub(channels),
      settled: () => this.answered * BEAT >= 2 * STEADY,
      undelivered: (userid, message) => this.events?.undelivered(userid, message),
    });
    this.announcer = new Announcer({
      publish: (channel, bytes) => this.send(channel, bytes),
      users: () => this.subscriptions.all(),
      alone: () => this.receipts.alone,
    });
    this.subscriptions = new RedisSubscriptions(this.subscriber, () => this.announcer.newChannels());
    this.onChange = onChange;
  }

  async start(events: BusEvents): Promise<void> {
    this.events = events;
    this.subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) => this.arrived(channel, message));
    const connections = [this.publisher, this.subscriber];
    for (const redis of connections) {
      redis.on('error', (error) => this.lost(error.message));
      redis.on('close', () => this.lost('the connection was closed'));
    }
    try {
      await Promise.all(connections.map(open));
      await checkRights(this.publisher, this.subscriber);
      // Its answer comes behind the subscriptions: then the others can be heard.
      await this.subscriber.ping();
    } catch (error) {
      await this.close();
      throw error;
    }
    this.heart = setInterval(() => void this.beat(), BEAT);
    await this.announcer.greet();
  }

  async subscribe(userid: number): Promise<void> {
    this.announcer.came(userid);
    try {
      await this.subscriptions.subscribe(userid);
    } catch (error) {
      this.announcer.left(userid);
      throw error;
    }
  }

  async unsubscribe(userid: number): Promise<void> {
    await this.subscriptions.unsubscribe(userid);
    if (!this.subscriptions.has(userid)) this.announcer.left(userid);
  }

  async publish(userid: number, message: Buffer): Promise<number> {
    const sent = this.receipts.sent(userid, message);
    this.cork();
    const count = await this.send(`${userid}`, message).catch(() => 0);
    const before = this.receipts.answered(userid, message, sent, count);
    if (before !== undefined) await before;
    return count;
  }

  async subscribers(userid: number): Promise<number> {
    const [count = 0] = await this.numsub([`${userid}`]);
    return count;
  }

  async close(): Promise<void> {
    clearInterval(this.heart);
    this.heart = undefined;
    await this.announcer.flush();
    this.publisher.disconnect();
    this.subscriber.disconnect();
  }

  /** Rejects when Redis is away. */
  private send(channel: string, bytes: Buffer): Promise<number> {
    if (this.publisher.status !== 'ready') return Promise.reject(new Error('Redis is away'));
    return this.publisher.publish(channel, bytes);
  }

  private async numsub(channels: readonly string[]): Promise<number[]> {
    const pairs = await this.publisher.pubsub('NUMSUB', ...channels);
    return channels.map((_, i) => Number(pairs[2 * i + 1]));
  }

  private arrived(channel: Buffer, message: Buffer): void {
    const userid = Number(channel.toString('latin1'));
    if (Number.isNaN(userid)) this.heard(message);
    else this.events?.receive(userid, message, this.announcer.taker(userid, message));
  }

  private heard(bytes: Buffer): void {
    if (this.announcer.isOwn(bytes)) return;
    const told = decode(bytes);
    if (told === undefined) return;
    if (this.receipts.heard(told)) this.announcer.answer(told.node);
    // Two nodes tried to log a user in: it is on the one that kept it.
    for (const userid of told.left) if (this.subscriptions.has(userid)) this.announcer.came(userid);
  }

  /** Lets everything that is published in this turn of the event loop leave in one write: half the CPU. */
  private cork(): void {
    const { status, stream } = this.publisher;
    if (this.corked || status !== 'ready') return;
    this.corked = true;
    stream.cork();
    setImmediate(() => {
      this.announcer.ride();
      this.corked = false;
      stream.uncork();
    });
  }

  private lost(reason: string): void {
    this.answered = 0;
    if (this.away || this.heart === undefined) return;
    this.away = true;
    this.announcer.hold();
    this.onChange(reason);
  }

  /** Asks for an answer behind everything sent so far, the users subscribed again included. */
  private async beat(): Promise<void> {
    try {
      await this.subscriber.ping();
    } catch {
      return this.lost(`no answer within ${ANSWER} ms`);
    }
    if (this.publisher.status !== 'ready') return;
    this.answered++;
    if (this.away && this.answered * BEAT >= STEADY) this.back();
    await this.receipts.round(RECEIPT / BEAT);
  }

  private back(): void {
    this.away = false;
    this.receipts.forgetHomes();
    void this.announcer.greet();
    this.onChange(undefined);
    this.events?.restored();
  }
}
