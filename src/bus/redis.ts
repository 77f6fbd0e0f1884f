import type { Redis } from 'ioredis';
import { type Flushable, flushLater } from '../net/flusher.js';
import { guarded } from '../net/guard.js';
import { ifSilent } from '../net/silence.js';
import type { Medium, MediumEvents } from './medium.js';
import { MAX_BACK_OFF, open, reasonOf, redisConnection } from './redis-connection.js';
import { checkRights } from './redis-rights.js';
import { RedisSubscriptions } from './redis-subscriptions.js';

/** Where nodes of ours speak to all others, and to one; original nodes know nothing of it. */
const ALL = 'chat-server:nodes';
const ONE = 'chat-server:node:';

/*
 * Times in milliseconds. Every node must find out that Redis does not answer before any node gives up a
 * PUBLISH and stores its message: BEAT + ANSWER < PUBLISH. A node that is back waits until the others
 * are back too, and store no more, before it says so: STEADY. After as long again all others must have done so:
 * who is not there now is dead. The subscribing connection is given up late, because Redis counts it as a
 * receiver until it has noticed.
 */
const BEAT = 250;
const ANSWER = 1500;
const PUBLISH = 2000;
const DEAD = 10_000;
/** At so many beats in a row the channel of a node has no subscriber: it is dead, and does not just connect anew. */
const DEAD_BEATS = 8;
const STEADY = 2 * MAX_BACK_OFF + 2 * BEAT;

export interface RedisOptions {
  /** `redis://host:port`, also with user, password and database number. */
  readonly url: string;
  /** Called with the reason when Redis goes away, and with undefined when it is back. */
  readonly onChange?: (reason: string | undefined) => void;
}

/**
 * A medium over Redis pub/sub (PROTOCOL.md section 6): one connection publishes, one subscribes. It reconnects for
 * ever. A PUBLISH that is not answered in time counts as 0, although it may have reached someone.
 */
export class RedisMedium implements Medium, Flushable {
  private readonly publisher: Redis;
  private readonly subscriber: Redis;
  private readonly subscriptions: RedisSubscriptions;
  private readonly onChange: (reason: string | undefined) => void;
  private node = '';
  private events: MediumEvents | undefined;
  private away = false;
  /** Beats in a row that were answered since Redis was away. */
  private answered = Number.POSITIVE_INFINITY;
  private corked = false;
  /** Nodes whose channel had no subscriber, and at how many beats in a row. */
  private silent = new Map<string, number>();
  private heart: NodeJS.Timeout | undefined;

  constructor({ url, onChange = () => {} }: RedisOptions) {
    this.publisher = redisConnection(url, { socketTimeout: PUBLISH });
    this.subscriber = redisConnection(url, { socketTimeout: DEAD, commandTimeout: ANSWER });
    this.subscriptions = new RedisSubscriptions(this.subscriber, () => [ALL, `${ONE}${this.node}`]);
    this.onChange = onChange;
  }

  async start(node: string, events: MediumEvents): Promise<void> {
    this.node = node;
    this.events = events;
    this.subscriber.on('messageBuffer', guarded('what Redis said', this.arrived.bind(this)));
    const connections = [this.publisher, this.subscriber];
    for (const redis of connections) {
      const lost = guarded('a connection to Redis', this.lost.bind(this));
      redis.on('error', (error) => lost(reasonOf(error)));
      redis.on('close', () => lost('the connection was closed'));
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
    this.heart = setInterval(guarded('a beat', this.beat.bind(this)), BEAT);
  }

  subscribe(userid: number): Promise<void> {
    return this.subscriptions.subscribe(userid);
  }

  unsubscribe(userid: number): Promise<void> {
    return this.subscriptions.unsubscribe(userid);
  }

  publish(userid: number, message: Buffer): Promise<number> {
    return this.send(`${userid}`, message);
  }

  tell(node: string | undefined, bytes: Buffer): Promise<number> {
    return this.send(node === undefined ? ALL : `${ONE}${node}`, bytes);
  }

  async subscribers(userid: number): Promise<number> {
    const [count = 0] = await this.numsub([`${userid}`]);
    return count;
  }

  async close(): Promise<void> {
    clearInterval(this.heart);
    this.heart = undefined;
    // Its answer comes behind everything that was said.
    if (this.publisher.status === 'ready') await this.publisher.ping().catch(() => undefined);
    this.publisher.disconnect();
    this.subscriber.disconnect();
  }

  /** All that is published in this turn of the event loop leaves in one write: half the CPU. */
  flush(): void {
    this.corked = false;
    this.publisher.stream.uncork();
  }

  private async send(channel: string, bytes: Buffer): Promise<number> {
    if (this.publisher.status !== 'ready') return 0;
    if (!this.corked) {
      this.corked = true;
      this.publisher.stream.cork();
      flushLater(this);
    }
    try {
      return await this.publisher.publish(channel, bytes);
    } catch {
      return 0;
    }
  }

  private async numsub(channels: readonly string[]): Promise<number[]> {
    const pairs = await this.publisher.pubsub('NUMSUB', ...channels);
    return channels.map((_, i) => Number(pairs[2 * i + 1]));
  }

  private arrived(channel: Buffer, message: Buffer): void {
    const userid = Number(channel.toString('latin1'));
    if (Number.isNaN(userid)) this.events?.heard(message);
    else this.events?.received(userid, message);
  }

  private lost(reason: string): void {
    this.answered = 0;
    if (this.away || this.heart === undefined) return;
    this.away = true;
    this.events?.up(false);
    this.onChange(reason);
  }

  /** Asks for an answer behind everything sent so far, the users subscribed again included. */
  private async beat(): Promise<void> {
    try {
      await this.subscriber.ping();
    } catch {
      ifSilent(this.subscriber.stream, () => this.lost(`no answer within ${ANSWER} ms`));
      return;
    }
    if (this.publisher.status !== 'ready') return;
    this.answered++;
    this.subscriptions.retry();
    this.subscriptions.buryFormer(this.publisher);
    if (this.away && this.answered * BEAT >= STEADY) this.back();
    if (this.answered * BEAT >= 2 * STEADY) await this.findDead();
    this.events?.beat(this.deaf);
  }

  /** Nodes without a subscriber at the last two looks: what was published between them Redis has not counted for them. */
  private get deaf(): string[] {
    return [...this.silent].filter(([, beats]) => beats > 1).map(([node]) => node);
  }

  private back(): void {
    this.away = false;
    this.onChange(undefined);
    this.events?.up(true);
  }

  /** A node whose channel has had no subscriber for so long, while Redis has been there, is dead. */
  private async findDead(): Promise<void> {
    const nodes = this.events?.nodes() ?? [];
    if (nodes.length === 0) return;
    const counts = await this.numsub(nodes.map((node) => `${ONE}${node}`)).catch(() => []);
    const silent = nodes.filter((_, i) => counts[i] === 0);
    this.silent = new Map(silent.map((node) => [node, (this.silent.get(node) ?? 0) + 1]));
    for (const [node, beats] of this.silent) if (beats === DEAD_BEATS) this.events?.gone(node);
  }
}
