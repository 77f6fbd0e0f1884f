import type { Connection } from '../net/connection.js';
import type { Chat } from './chat.js';

/** Bytes for a client, and the stored messages that are in them. */
export interface Parcel {
  readonly bytes: Buffer;
  readonly texts: readonly string[];
}

/** Sends parcels in order. Resolves, once all have left or the connection has ended, with the texts that left. */
export function sendParcels(connection: Connection, parcels: readonly Parcel[]): Promise<string[]> {
  return new Promise((resolve) => {
    const gone: string[] = [];
    let open = parcels.length;
    for (const { bytes, texts } of parcels) {
      const left = (itLeft: boolean) => {
        if (itLeft) gone.push(...texts);
        open--;
        if (open === 0) resolve(gone);
      };
      // Stored messages stay stored until they have left: nothing to store again (DIFFERENCES 8).
      if (!connection.send(bytes, 0, left)) left(false);
    }
  });
}

/** Each stored message as a message of its own. */
export function singly(texts: readonly string[]): Parcel[] {
  return texts.map((text) => ({ bytes: Buffer.from(text), texts: [text] }));
}

/** Gives a user who is here what was stored for it since its login, and deletes that once it has left. */
export function drain(chat: Chat, userid: number): Promise<void> {
  const { sessions, store } = chat;
  return sessions.turn(userid, async () => {
    const connection = sessions.get(userid);
    if (connection === undefined) return;
    const texts = await store.storedMessages(userid);
    if (texts.length === 0) return;
    await removeLeft(chat, userid, sendParcels(connection, singly(texts)));
  });
}

/** Deletes the stored messages that have left. */
export async function removeLeft(chat: Chat, userid: number, leaving: Promise<string[]>): Promise<void> {
  const left = await leaving;
  if (left.length > 0) await chat.debts.pay(() => chat.store.removeMessages(userid, left));
}

/** The bus is back: subscribes again who could not be while it was away, before they are drained. */
export async function listenAgain({ sessions, bus }: Chat): Promise<void> {
  const unheard = [...sessions.unheard];
  const listen = async (userid: number) => {
    if (sessions.get(userid) === undefined) return;
    sessions.unheard.delete(userid);
    await bus.subscribe(userid).catch(() => sessions.unheard.add(userid));
  };
  await Promise.all(unheard.map((userid) => sessions.turn(userid, () => listen(userid))));
}
