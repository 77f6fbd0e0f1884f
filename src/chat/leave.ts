import type { Chat } from './chat.js';

/**
 * A user leaves: its connection is forgotten, its channel unsubscribed, its state offline, in this order
 * (PROTOCOL.md section 5). Resolves when that is done; while the database is away the last step is owed.
 */
export function leave(chat: Chat, userid: number): Promise<void> {
  const { sessions, bus, debts, store } = chat;
  sessions.remove(userid);
  return sessions.turn(userid, async () => {
    await sessions.handedOver(userid);
    await bus.unsubscribe(userid);
    await debts.pay(async () => {
      // When this was owed, the user may have come back meanwhile.
      if (sessions.get(userid) === undefined) await store.goOffline([userid]);
    });
  });
}
