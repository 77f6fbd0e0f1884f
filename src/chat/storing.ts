import type { WriterEvents } from '../delivery/writer.js';
import { StoreUnavailable } from '../store/store.js';
import type { Chat } from './chat.js';
import { endWhenFew } from './spooling.js';

/** What becomes of messages that are stored, or wait to be. */
export function storing(chat: () => Chat): WriterEvents {
  return {
    stored: (userids) => {
      const { delivery, bus, spool } = chat();
      delivery.noteStored(userids);
      bus.tellStored(userids);
      endWhenFew(delivery, spool);
    },
    refused: (reason) => {
      const { metrics, drops } = chat();
      metrics.lost++;
      drops.add(reason instanceof Error ? reason.message : String(reason), 'store');
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
