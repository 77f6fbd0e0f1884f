import { RedisShard, type ShardEvents } from './shard.js';
import type { Channel } from './subscriptions.js';
import { isSame, type Owners, type RedisTopology } from './topology.js';

export interface ShardsEvents extends ShardEvents {
  /** Channels that were subscribed to here are so at another master now; in between nothing was received. */
  rehomed(channels: readonly Channel[]): void;
}

/** All masters, and which of them each channel is subscribed to at. */
export class RedisShards {
  private readonly topology: RedisTopology;
  private readonly events: ShardsEvents;
  private readonly byUrl = new Map<string, RedisShard>();
  private owners: Owners | undefined;
  /** Channels that are wanted, and at no master now: theirs is not known, or they are on their way to another. */
  private readonly between = new Set<Channel>();
  /** Channels that may still be heard at the master that they leave. */
  private readonly moving = new Set<Channel>();
  private reading: Promise<void> | undefined;

  constructor(topology: RedisTopology, events: ShardsEvents) {
    this.topology = topology;
    this.events = events;
  }

  get all(): RedisShard[] {
    return [...this.byUrl.values()];
  }

  /** Connects to all masters. Rejects with one line when one of them cannot be used. */
  async open(): Promise<void> {
    this.owners = await this.topology.read([]);
    if (!this.owners.isWhole) throw new Error('the Redis Cluster has slots without a master');
    for (const url of this.owners.urls) this.add(url);
    await Promise.all(this.all.map((shard) => shard.open()));
  }

  /** Whether all masters are known and connected to, and these channels heard at theirs. */
  isWhole(channels: readonly Channel[]): boolean {
    return (
      this.owners?.isWhole === true &&
      channels.every((channel) => !this.between.has(channel)) &&
      this.all.every((shard) => shard.isReady && shard.subscriptions.isHeard(channels))
    );
  }

  /** Resolves as RedisSubscriptions does; at once while the channel has no master. Never rejects. */
  async subscribe(channel: Channel): Promise<void> {
    const shard = this.of(channel);
    if (shard === undefined || this.moving.has(channel)) this.between.add(channel);
    else await shard.subscriptions.subscribe(channel);
  }

  /** Never rejects. */
  async unsubscribe(channel: Channel): Promise<void> {
    this.between.delete(channel);
    await this.of(channel)?.subscriptions.unsubscribe(channel);
  }

  /** Rejects when the master of the channel is away, or is another one meanwhile. */
  async publish(channel: Channel, bytes: Buffer): Promise<number> {
    const shard = this.of(channel);
    if (shard === undefined) throw new Error('the channel has no master');
    return await shard.publish(`${channel}`, bytes);
  }

  /** How many are subscribed to each. Rejects when a master is away. */
  async count(channels: readonly Channel[]): Promise<number[]> {
    const counts = new Map<Channel, number>();
    const shards = new Map<RedisShard, Channel[]>();
    for (const channel of channels) {
      const shard = this.of(channel);
      if (shard === undefined) throw new Error('a channel has no master');
      const some = shards.get(shard) ?? [];
      shards.set(shard, some);
      some.push(channel);
    }
    const ask = async (shard: RedisShard, some: readonly Channel[]) => {
      const found = await shard.count(some.map(String));
      for (const [i, channel] of some.entries()) counts.set(channel, found[i] ?? 0);
    };
    await Promise.all([...shards].map(([shard, some]) => ask(shard, some)));
    return channels.map((channel) => counts.get(channel) ?? 0);
  }

  /** Looks again who has which channel. Never rejects: while nobody can say, all stays as it is. */
  refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** Resolves with whether every master is there. */
  async areThere(): Promise<boolean> {
    const there = await Promise.all(this.all.map((shard) => shard.isThere()));
    return there.every(Boolean);
  }

  /** Ends all connections, once what was published has been sent. */
  async close(): Promise<void> {
    this.topology.close();
    const all = this.all;
    this.byUrl.clear();
    await Promise.all(all.map((shard) => shard.close()));
  }

  private async read(): Promise<void> {
    try {
      const owners = await this.topology.read(this.all);
      // It was closed meanwhile.
      if (this.byUrl.size > 0) this.adopt(owners);
    } catch (error) {
      if (this.byUrl.size > 0) this.events.lost((error as Error).message);
    }
  }

  private adopt(owners: Owners): void {
    const before = this.owners;
    this.owners = owners;
    // A node may have very many channels: they are gone through when one of them may have another master.
    if (before === undefined || !isSame(before, owners)) this.moveAll(owners);
    for (const channel of this.between) void this.settle(channel);
  }

  /** Connects to new masters, and has each channel heard at its own; ends the connections to who is none any more. */
  private moveAll(owners: Owners): void {
    for (const url of owners.urls) if (!this.byUrl.has(url)) this.add(url).connect();
    const moved: Channel[] = [];
    for (const shard of this.all) {
      for (const channel of [...shard.subscriptions.channels]) {
        const url = owners.of(channel);
        if (url === shard.url || url === undefined) continue;
        moved.push(channel);
        void this.move(channel, shard);
      }
      if (owners.urls.has(shard.url) || owners.urls.size === 0) continue;
      this.byUrl.delete(shard.url);
      shard.end();
    }
    if (moved.length > 0) this.events.rehomed(moved);
  }

  /** Messages that come at the old master come before those at the new one. */
  private async move(channel: Channel, from: RedisShard): Promise<void> {
    this.between.add(channel);
    this.moving.add(channel);
    await from.subscriptions.unsubscribe(channel);
    this.moving.delete(channel);
    await this.settle(channel);
  }

  private async settle(channel: Channel): Promise<void> {
    const shard = this.of(channel);
    if (shard === undefined || this.moving.has(channel) || !this.between.delete(channel)) return;
    await shard.subscriptions.subscribe(channel);
  }

  private of(channel: Channel): RedisShard | undefined {
    const url = this.owners?.of(channel);
    return url === undefined ? undefined : this.byUrl.get(url);
  }

  private add(url: string): RedisShard {
    const shard = new RedisShard(url, this.topology.kind, this.events);
    this.byUrl.set(url, shard);
    return shard;
  }
}
