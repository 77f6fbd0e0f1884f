import type { WriterEvents } from '../delivery/writer.js';
import { NoSuchUser } from '../store/store.js';
import type { Chat } from './chat.js';
import { senderIn } from './parties.js';
import { endWhenFew } from './spooling.js';
import { cause, Waited } from './waited.js';

/** Tells everybody who must know that messages are stored, can never be, or wait for the database. */
export function storing(chat: Chat): WriterEvents {
  const waited = new Waited();
  return {
    stored: (userids, count) => {
      waited.stored(count);
      const { presence, writer, bus, spool, metrics } = chat;
      metrics.outcomes.stored += count;
      presence.noteStored(userids);
      bus.tellStored(userids);
      endWhenFew(writer, spool);
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
      else waited.away(reason, chat);
    },
  };
}
