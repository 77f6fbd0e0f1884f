import { setImmediate as turn } from 'node:timers/promises';
import { type Redis, ReplyError } from 'ioredis';
import type { RedisVerbs } from './verbs.js';

/** A user's channel by the user's id; one of our nodes by its name. */
export type Channel = number | string;

/** How many channels are asked for together. */
const BATCH = 1000;

/** Channels to be subscribed to together. */
interface Batch {
  readonly channels: Set<Channel>;
  readonly asked: Promise<void>;
}

/** The channels that a node wants to hear, on a connection that reconnects: a wish stays until it is taken back. */
export class RedisSubscriptions {
  private readonly redis: Redis;
  private readonly verbs: RedisVerbs;
  /** The channels that are wanted, and those of them that Redis has not confirmed on this connection. */
  private readonly wanted = new Set<Channel>();
  private readonly unconfirmed = new Set<Channel>();
  /** By Redis's count: the connection that there is, and those before it. */
  private current: number | undefined;
  private readonly former = new Set<number>();
  /** The connection does not answer. Redis may count one that is dead as a receiver all the same. */
  private isSilent = false;
  private holdsUsers = false;
  /** All that are wanted in this turn of the event loop, and all that are not any more. */
  private batch: Batch | undefined;
  private leaving: Batch | undefined;

  /** Takes a connection that is used for nothing else. */
  constructor(redis: Redis, verbs: RedisVerbs) {
    this.redis = redis;
    this.verbs = verbs;
    redis.on('ready', () => this.subscribeAll());
  }

  get channels(): Iterable<Channel> {
    return this.wanted;
  }

  /** Whether Redis has confirmed all of these that are wanted here. */
  isHeard(channels: readonly Channel[]): boolean {
    return !channels.some((channel) => this.unconfirmed.has(channel));
  }

  /** Resolves once Redis has confirmed, or has failed to: then it is asked again by `retry`. Never rejects. */
  subscribe(channel: Channel): Promise<void> {
    this.wanted.add(channel);
    this.unconfirmed.add(channel);
    this.batch ??= this.nextTurn();
    this.batch.channels.add(channel);
    return this.batch.asked;
  }

  /** Resolves once nothing comes on the channel any more, or Redis has failed to say so. Never rejects. */
  unsubscribe(channel: Channel): Promise<void> {
    this.wanted.delete(channel);
    this.unconfirmed.delete(channel);
    this.leaving ??= this.leaveNextTurn();
    this.leaving.channels.add(channel);
    return this.leaving.asked;
  }

  /** Whether the connection answers. */
  answers(answers: boolean): void {
    this.isSilent = !answers;
  }

  /**
   * Whether users' channels wait for `hearUsers`. After a connection that was silent they do: what Redis has counted as
   * received there is lost, and those who published it deliver it again once they know. What they publish before that
   * would pass it.
   */
  get areUsersHeld(): boolean {
    return this.holdsUsers;
  }

  /** Subscribes to users' channels again. */
  hearUsers(): void {
    if (!this.holdsUsers) return;
    this.holdsUsers = false;
    this.retry();
  }

  /**
   * Has Redis end the connections before this one: one that was cut off without a word would count as a receiver
   * for minutes. Where the right to is missing it stays as it is. What gets no answer is to be asked again: the
   * connection that asks may be dead, too.
   */
  buryFormer(redis: Redis): void {
    const all = [...this.former];
    this.former.clear();
    for (const id of all)
      redis.client('KILL', 'ID', id).catch((error: unknown) => {
        if (!(error instanceof ReplyError)) this.former.add(id);
      });
  }

  /** Asks again for what was not confirmed: an answer may have come too late, or never. */
  retry(): void {
    void this.askAll([...this.unconfirmed]);
  }

  /** Asks again for all: Redis has ended subscriptions, and the driver does not say which. */
  askAnew(): void {
    void this.askAll([...this.wanted]);
  }

  /** On a new connection. Its commands are handled in order, so whatever is sent after this comes after it. */
  private subscribeAll(): void {
    if (this.current !== undefined) this.former.add(this.current);
    this.current = undefined;
    this.holdsUsers ||= this.isSilent;
    this.isSilent = false;
    this.redis.client('ID').then(
      (id) => {
        this.current = id;
      },
      () => undefined,
    );
    for (const channel of this.wanted) this.unconfirmed.add(channel);
    this.retry();
  }

  private nextTurn(): Batch {
    const channels = new Set<Channel>();
    const asked = turn().then(() => {
      this.batch = undefined;
      // Those that are not wanted any more have been unsubscribed from.
      return this.askAll([...channels].filter((channel) => this.wanted.has(channel)));
    });
    return { channels, asked };
  }

  private leaveNextTurn(): Batch {
    const channels = new Set<Channel>();
    const asked = turn().then(async () => {
      this.leaving = undefined;
      // Those that are wanted again stay.
      const left = [...channels].filter((channel) => !this.wanted.has(channel)).map(String);
      const leave = (some: readonly string[]) =>
        this.verbs.unsubscribe(this.redis, some).catch(() => undefined);
      await Promise.all(batches(left).map(leave));
    });
    return { channels, asked };
  }

  private async askAll(channels: readonly Channel[]): Promise<void> {
    const now = this.holdsUsers ? channels.filter((channel) => typeof channel !== 'number') : channels;
    await Promise.all(batches(now).map((some) => this.ask(some)));
  }

  private async ask(channels: readonly Channel[]): Promise<void> {
    const confirmed = await this.verbs.subscribe(this.redis, channels.map(String));
    for (const [i, channel] of channels.entries())
      if (confirmed[i] === true) this.unconfirmed.delete(channel);
  }
}

function batches<T>(channels: readonly T[]): T[][] {
  const count = Math.ceil(channels.length / BATCH);
  return Array.from({ length: count }, (_, i) => channels.slice(i * BATCH, (i + 1) * BATCH));
}
