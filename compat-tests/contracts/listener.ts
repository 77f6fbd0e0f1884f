import { EventEmitter, once } from 'node:events';
import { Redis as Client } from 'ioredis';
import { type Announcement, decode } from '../../src/bus/announcement.js';
import { beforeDeadline } from '../harness/deadline.js';

/** Hears what nodes publish on a Redis, and is no node. */
export class Listener {
  readonly channels: string[] = [];
  readonly client: Client;
  readonly #told: Announcement[] = [];
  readonly #news = new EventEmitter();

  private constructor(client: Client) {
    this.client = client;
    client.on('pmessageBuffer', (_pattern, channel: Buffer, bytes: Buffer) => {
      this.channels.push(channel.toString());
      const told = channel.includes('chat-server:') ? decode(bytes) : undefined;
      if (told !== undefined) this.#told.push(told);
      this.#news.emit('news');
    });
  }

  /** With users it counts as one who receives for all of them. */
  static async start(url: string, users = false): Promise<Listener> {
    const client = new Client(url, { protocol: 2 });
    await client.psubscribe('chat-server:*', ...(users ? ['[0-9]*'] : []));
    return new Listener(client);
  }

  /** Waits until this holds for all announcements so far, together. */
  async until(holds: (told: readonly Announcement[]) => boolean, what: string): Promise<void> {
    while (!holds(this.#told)) await beforeDeadline(once(this.#news, 'news'), () => what);
  }

  /** Waits for so many receipts in all. */
  async receipts(count: number): Promise<void> {
    await this.until(
      (told) => told.reduce((sum, { taken }) => sum + taken.length, 0) >= count,
      `${count} receipts`,
    );
  }
}
