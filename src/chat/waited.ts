import { type Log, SEEN } from '../ops/log.js';
import { StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';

/** Says that messages wait for the database, and when all that waited are stored: how many, after how long. */
export class Waited {
  private chat: Pick<Chat, 'log' | 'delivery' | 'writer'> | undefined;
  private since = 0;
  private count = 0;
  private isBack = false;

  /** The database went away. */
  away(reason: unknown, chat: Chat): void {
    this.isBack = false;
    // It was back for a moment, and not all is stored.
    if (this.chat !== undefined) return;
    this.chat = chat;
    this.since = performance.now();
    this.count = 0;
    chat.log.warn({ ...cause(reason), waiting: chat.delivery.kept }, 'messages wait for the database');
  }

  /** The database takes messages again. */
  back(): void {
    this.isBack = true;
  }

  /** `count` messages are stored. Those that waited behind them go to the writer within this turn of the event loop. */
  stored(count: number): void {
    if (this.chat === undefined) return;
    this.count += count;
    if (this.isBack) setImmediate(() => this.tellWhenAll());
  }

  private tellWhenAll(): void {
    if (this.chat === undefined || !this.isBack || this.chat.writer.length > 0) return;
    tell(this.chat.log, this.count, this.since);
    this.chat = undefined;
  }
}

function tell(log: Log, stored: number, since: number): void {
  const seconds = Math.round((performance.now() - since) / 100) / 10;
  log.info({ stored, seconds, [SEEN]: true }, 'the messages that waited are stored');
}

/** Why the store does not take messages. An error that nobody knows is told with its stack. */
export function cause(reason: unknown): { reason: string } | { err: unknown } {
  return reason instanceof StoreUnavailable ? { reason: reason.message } : { err: reason };
}
