import { Spool } from '../delivery/spool.js';
import type { WriterEvents } from '../delivery/writer.js';
import { type Log, SEEN } from '../ops/log.js';
import type { MessageFile } from '../store/message-file.js';
import { NoSuchUser, StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';
import { senderIn } from './identity.js';

/** With fewer than 1,000 messages on their way into it the store is not late any more. */
const FEW = 1000;

/** Tells everybody who must know that messages are stored, can never be, or wait for the database. */
export function storing(chat: Chat): WriterEvents {
  const waited = new Waited(chat);
  return {
    stored: (userids, count) => {
      waited.stored(count);
      const { presence, writer, bus, spool, metrics } = chat;
      metrics.outcomes.stored += count;
      presence.noteStored(userids);
      bus.tellStored(userids);
      // Messages that come from now on need no copy, unless many are still before them.
      if (writer.length < FEW) spool?.end();
    },
    refused: (reason, to, message) => {
      const { drops, dialect } = chat;
      const from = senderIn(message.bytes, dialect);
      if (reason instanceof NoSuchUser) drops.add(reason.message, { from, to });
      else drops.lose(reason instanceof Error ? reason.message : String(reason), { from, to });
    },
    stuck: (userid, reason) => {
      const { log } = chat;
      log.warn({ userid, ...cause(reason) }, 'messages for this user wait: the database does not take them');
    },
    away: (reason) => {
      if (reason === undefined) waited.back();
      else waited.away(reason);
    },
  };
}

/** Says that messages wait for the database, and when all that waited are stored: how many, after how long. */
class Waited {
  private readonly chat: Chat;
  /** Since when messages wait, in ms; undefined when none do. */
  private since: number | undefined;
  private count = 0;
  private isBack = false;

  constructor(chat: Chat) {
    this.chat = chat;
  }

  /** The database went away. */
  away(reason: unknown): void {
    this.isBack = false;
    // It was back for a moment, and not all is stored.
    if (this.since !== undefined) return;
    this.since = performance.now();
    this.count = 0;
    const { log, delivery } = this.chat;
    log.warn({ ...cause(reason), waiting: delivery.kept }, 'messages wait for the database');
  }

  /** The database takes messages again. */
  back(): void {
    this.isBack = true;
  }

  /** `count` messages are stored. Those that waited behind them go to the writer within this turn of the event loop. */
  stored(count: number): void {
    if (this.since === undefined) return;
    this.count += count;
    if (this.isBack) setImmediate(() => this.tellWhenAll());
  }

  private tellWhenAll(): void {
    const { since, count: stored, isBack } = this;
    if (since === undefined || !isBack || this.chat.writer.length > 0) return;
    this.since = undefined;
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    this.chat.log.info({ stored, seconds, [SEEN]: true }, 'the messages that waited are stored');
  }
}

/** Why the store does not take messages. An error that nobody knows is told with its stack. */
function cause(reason: unknown): { reason: string } | { err: unknown } {
  return reason instanceof StoreUnavailable ? { reason: reason.message } : { err: reason };
}

/** The spool on its file; it says in the log when that cannot be written, and when it can again. */
export function openSpool(file: MessageFile, log: Log): Spool {
  return new Spool(file, (reason) => {
    const { path } = file;
    if (reason === undefined)
      log.info({ file: path, [SEEN]: true }, 'what waits is written to its file again');
    else log.error({ err: reason, file: path }, 'what waits cannot be written to its file: kill -9 loses it');
  });
}

/** Delivers the messages that a former process left in the spool, as if they had just come. Nobody waits for that. */
export async function deliverLeft({ delivery, spool, log }: Chat): Promise<void> {
  const count = await delivery.deliverLeft();
  if (count > 0) log.warn({ count, file: spool?.path }, 'messages of a former process are delivered now');
}

/** Nothing goes on any more: messages that still wait stay in the spool. Returns how many are lost. */
export function spoolQueues({ delivery, log }: Chat, spool: Spool): number {
  const lost = spool.close(delivery.allKept());
  const { count, path } = spool;
  if (count > 0) log.warn({ count, file: path }, 'messages wait for the next start: the database is away');
  return lost;
}
