import { guarded } from '../../net/guard.js';
import type { Medium, MediumEvents } from '../medium.js';
import { AddressedFrames } from './addressed.js';
import { ALL, ONE } from './channels.js';
import { OpenFrames, type RedisFrames } from './frames.js';
import { openTopology } from './open.js';
import { findOriginal } from './originals.js';
import { RedisPace } from './pace.js';
import { RedisShards } from './shards.js';
import type { Channel } from './subscriptions.js';
import { BEAT, DEAD_BEATS, STEADY } from './times.js';
import type { RedisTopology } from './topology.js';

/** Between two looks at what seldom changes, in beats: who is the master of what, and who else is there. */
const LOOK = 4;
const SELDOM = 40;

export interface RedisOptions {
  /** `redis://host:port`, also with user, password and database number; several servers as RedisPlace has it. */
  readonly url: string;
  /** Called with the reason when Redis goes away, and with undefined when it is back. */
  readonly onChange?: (reason: string | undefined) => void;
  /** Called with one line when something is found that must not be there. */
  readonly onIntruder?: (text: string) => void;
}

/**
 * A medium over Redis pub/sub (PROTOCOL.md section 6): one connection to a master publishes, one subscribes. It
 * reconnects for ever, and follows when another master takes over. A PUBLISH that is not answered in time counts as
 * 0, although it may have reached someone.
 */
export class RedisMedium implements Medium {
  readonly hasOriginals: boolean;
  private readonly topology: RedisTopology;
  private readonly shards: RedisShards;
  private frames: RedisFrames | undefined;
  private pace: RedisPace | undefined;
  private readonly onChange: (reason: string | undefined) => void;
  private readonly onIntruder: (text: string) => void;
  /** The channels of this node itself. */
  private own: readonly Channel[] = [];
  private events: MediumEvents | undefined;
  private away = false;
  private returning = false;
  /** Something has moved: who is the master of what is to be looked at. */
  private stale = false;
  /** Subscriptions were ended since the last beat, or before it. */
  private ended: 'now' | 'before' | undefined;
  private intruder: string | undefined;
  private beats = 0;
  /** Beats in a row that were answered since Redis was away. */
  private answered = Number.POSITIVE_INFINITY;
  /** Nodes whose channel had no subscriber, and at how many beats in a row. */
  private silent = new Map<string, number>();
  private heart: NodeJS.Timeout | undefined;

  constructor({ url, onChange = () => {}, onIntruder = () => {} }: RedisOptions) {
    this.onChange = onChange;
    this.onIntruder = onIntruder;
    this.topology = openTopology(url);
    this.hasOriginals = !this.topology.isCluster;
    this.shards = new RedisShards(this.topology, {
      arrived: (channel, message) => this.arrived(channel, message),
      lost: (reason) => this.lost(reason),
      cut: () => this.pace?.wasCut(),
      moved: () => {
        this.stale = true;
        this.ended = 'now';
      },
      rehomed: guarded('channels that moved', this.rehomed.bind(this)),
    });
  }

  async start(node: string, events: MediumEvents): Promise<void> {
    this.events = events;
    this.own = [ALL, `${ONE}${node}`];
    const frames = this.openFrames(node, events);
    this.frames = frames;
    this.pace = new RedisPace(node, (to, bytes) => frames.tell(to, bytes));
    try {
      await this.shards.open();
      await Promise.all(this.own.map((channel) => this.shards.subscribe(channel)));
      if (!this.shards.isWhole(this.own)) throw new Error('Redis does not confirm a subscription');
      const original = await this.findOriginal();
      if (original !== undefined) throw new Error(original);
      await this.frames.meet();
    } catch (error) {
      await this.close();
      throw error;
    }
    this.heart = setInterval(guarded('a beat', this.beat.bind(this)), BEAT);
  }

  subscribe(userid: number): Promise<void> {
    return this.shards.subscribe(userid);
  }

  unsubscribe(userid: number): Promise<void> {
    return this.shards.unsubscribe(userid);
  }

  async publish(userid: number, message: Buffer): Promise<number> {
    try {
      return await this.shards.publish(userid, message);
    } catch {
      this.stale = true;
      return 0;
    }
  }

  async tell(node: string | undefined, bytes: Buffer): Promise<number> {
    return (await this.pace?.tell(node, bytes)) ?? 0;
  }

  async subscribers(userid: number): Promise<number> {
    const [count = 0] = await this.shards.count([userid]);
    return count;
  }

  async close(): Promise<void> {
    clearInterval(this.heart);
    this.heart = undefined;
    await this.shards.close();
  }

  private openFrames(node: string, events: MediumEvents): RedisFrames {
    const host = {
      node,
      send: (channel: string, bytes: Buffer) => this.send(channel, bytes),
      count: (channel: string) => this.countOf(channel),
      heard: (bytes: Buffer) => {
        const frame = this.pace?.arrived(bytes);
        if (frame !== undefined) events.heard(frame);
      },
      found: () => this.lost('a node was found that was not known'),
    };
    return this.topology.isCluster ? new AddressedFrames(host) : new OpenFrames(host);
  }

  private async countOf(channel: Channel): Promise<number> {
    const [count = 0] = await this.shards.count([channel]).catch(() => []);
    return count;
  }

  /** A frame must not be lost between others. A node that cannot say one is cut off, and then says everything again. */
  private async send(channel: string, bytes: Buffer): Promise<number> {
    try {
      return await this.shards.publish(channel, bytes);
    } catch (error) {
      this.stale = true;
      this.lost((error as Error).message);
      return 0;
    }
  }

  private arrived(channel: Buffer, message: Buffer): void {
    const userid = Number(channel.toString('latin1'));
    if (Number.isNaN(userid)) this.frames?.arrived(message);
    else this.events?.received(userid, message);
  }

  private rehomed(channels: readonly Channel[]): void {
    if (channels.some((channel) => this.own.includes(channel))) this.lost('another master has taken over');
  }

  private lost(reason: string): void {
    this.answered = 0;
    if (this.away || this.heart === undefined) return;
    this.away = true;
    this.pace?.reset();
    this.events?.up(false);
    this.onChange(reason);
  }

  /** Asks for an answer behind everything sent so far, the channels subscribed to again included. */
  private async beat(): Promise<void> {
    this.beats++;
    this.look();
    if (!(await this.shards.areThere())) return;
    if (!this.shards.isWhole(this.own)) this.lost('not all masters are there');
    else this.answered++;
    for (const shard of this.shards.all) shard.tidy();
    if (this.away && this.answered * BEAT >= STEADY) await this.back();
    if (this.answered * BEAT >= 2 * STEADY) await this.findDead();
    this.events?.beat(this.deaf);
  }

  /** Looks at what may have changed without a word. */
  private look(): void {
    if (this.away || this.stale || this.beats % LOOK === 0) {
      this.stale = false;
      void this.shards.refresh();
    }
    // Once no more end: which of them did is not known.
    if (this.ended === 'before') for (const shard of this.shards.all) shard.subscriptions.askAnew();
    this.ended = this.ended === 'now' ? 'before' : undefined;
    if (this.beats % SELDOM === 0) void this.seekIntruder();
    if (this.beats % LOOK === 0 && !this.away) void this.frames?.seek();
  }

  /** Nodes without a subscriber at the last two looks: what was published between them Redis has not counted for them. */
  private get deaf(): string[] {
    return [...this.silent].filter(([, beats]) => beats > 1).map(([node]) => node);
  }

  private async back(): Promise<void> {
    if (this.returning) return;
    this.returning = true;
    await this.frames?.meet();
    this.returning = false;
    if (this.answered === 0 || this.heart === undefined) return;
    this.away = false;
    this.onChange(undefined);
    // Before the greeting, which waits for an answer from whoever is counted.
    for (const shard of this.shards.all) shard.buryFormer();
    this.hearUsers(this.events?.up(true));
  }

  private readonly hearUsers = guarded('the channels of users', async (greeted: Promise<void> | void) => {
    await greeted;
    if (!this.away) for (const shard of this.shards.all) shard.subscriptions.hearUsers();
  });

  /** A node whose channel has had no subscriber for DEAD_BEATS, while Redis has been there, is dead. */
  private async findDead(): Promise<void> {
    const nodes = [...new Set([...(this.events?.nodes() ?? []), ...(this.frames?.nodes ?? [])])];
    if (nodes.length === 0) return;
    const counts = await this.shards.count(nodes.map((node) => `${ONE}${node}`)).catch(() => []);
    const silent = nodes.filter((_, i) => counts[i] === 0);
    this.silent = new Map(silent.map((node) => [node, (this.silent.get(node) ?? 0) + 1]));
    for (const [node, beats] of this.silent) {
      if (beats !== DEAD_BEATS) continue;
      this.frames?.forget(node);
      this.pace?.forget(node);
      this.events?.gone(node);
    }
  }

  private async findOriginal(): Promise<string | undefined> {
    return this.topology.isCluster ? await findOriginal(this.shards.all) : undefined;
  }

  private async seekIntruder(): Promise<void> {
    const found = await this.findOriginal();
    if (found !== undefined && found !== this.intruder) this.onIntruder(found);
    this.intruder = found;
  }
}
