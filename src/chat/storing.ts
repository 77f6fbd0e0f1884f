import type { WriterEvents } from '../delivery/writer.js';
import { NoSuchUser, StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';
import { senderIn } from './parties.js';
import { endWhenFew } from './spooling.js';

/** What becomes of messages that are stored, or wait to be. */
export function storing(chat: () => Chat): WriterEvents {
  return {
    stored: (userids, count) => {
      const { delivery, bus, spool, metrics } = chat();
      metrics.outcomes.stored += count;
      delivery.noteStored(userids);
      bus.tellStored(userids);
      endWhenFew(delivery, spool);
    },
    refused: (reason, to, letter) => {
      const { drops, dialect } = chat();
      const from = senderIn(letter.bytes, dialect);
      if (reason instanceof NoSuchUser) drops.add(reason.message, { from, to });
      else drops.lose(reason instanceof Error ? reason.message : String(reason), { from, to });
    },
    away: (reason) => {
      const { log, writer } = chat();
      const kept = writer.length;
      if (reason === undefined) log.warn({ kept }, 'the messages that waited are stored');
      else log.warn({ ...cause(reason), kept }, 'messages wait for the database');
    },
  };
}

/** What nobody knows is told with where it comes from. */
function cause(reason: unknown): { reason: string } | { err: unknown } {
  return reason instanceof StoreUnavailable ? { reason: reason.message } : { err: reason };
}
