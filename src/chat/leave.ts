import type { Chat } from './chat.js';

/**
 * A user leaves: its connection is forgotten, its channel unsubscribed, its state offline, in this order
 * (PROTOCOL.md section 5). Resolves when that is done; while the database is away the last step is owed.
 */
export function leave(chat: Chat, userid: number): Promise<void> {
  const { sessions, bus } = chat;
  sessions.remove(userid);
  const go = () =>
    sessions.turn(userid, async () => {
      await bus.unsubscribe(userid);
      await goOffline(chat, userid);
    });
  // Not in its turn: who reads slowly must not keep others waiting for an answer.
  return sessions.handingOver(userid)?.then(go) ?? go();
}

function goOffline(chat: Chat, userid: number): Promise<void> {
  const { debts, store } = chat;
  return debts.pay(
    () => store.goOffline([userid]),
    () => goOfflineLate(chat, userid),
  );
}

/** Sets a user offline who was on the way in, now or when the database is back. */
export function turnBack(chat: Chat, userid: number): Promise<void> {
  return chat.debts.pay(() => goOfflineLate(chat, userid));
}

/** Unless it has come back anywhere; while another node is at this account it is no longer ours to set. */
async function goOfflineLate({ sessions, bus, store }: Chat, userid: number): Promise<void> {
  if (sessions.has(userid)) return;
  await store.exclusively(userid, async () => {
    // When the bus is away nobody can have taken the account over.
    const listeners = await bus.subscribers(userid).catch(() => 0);
    if (listeners === 0) await store.goOffline([userid]);
  });
}
