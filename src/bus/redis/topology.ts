import type { RedisShard, ShardKind } from './shard.js';
import type { Channel } from './subscriptions.js';

/** The masters, and the channels that each of them has. */
export interface Owners {
  /** The URLs of all masters. */
  readonly urls: ReadonlySet<string>;
  /** The URL of the master of a channel; undefined while it has none. */
  of(channel: Channel): string | undefined;
  /** Whether every channel has a master. */
  readonly isWhole: boolean;
  /** The masters of all slots, in order: where they are the same, so are those of all channels. */
  readonly slots: readonly (string | undefined)[];
}

/** Finds out which master has which channel, as long as that may change. */
export interface RedisTopology {
  readonly kind: ShardKind;
  /** Whether each channel is at the master of its slot. */
  readonly isCluster: boolean;
  /**
   * Resolves with what is known now. Rejects, in one line, when nobody can say.
   *
   * @param shards masters that are connected to
   */
  read(shards: readonly RedisShard[]): Promise<Owners>;
  /** Ends its own connections. */
  close(): void;
}

/** All channels belong to one master. */
export function oneOwner(url: string): Owners {
  return { urls: new Set([url]), of: () => url, isWhole: true, slots: [url] };
}

/** Whether each channel has the same master in both. */
export function isSame(one: Owners, other: Owners): boolean {
  const { slots } = other;
  return one.slots.length === slots.length && one.slots.every((url, slot) => url === slots[slot]);
}
