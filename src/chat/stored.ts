import type { Connection } from '../net/connection.js';
import type { Chat } from './chat.js';

/** Bytes for a client, and the stored messages that are in them. */
export interface Parcel {
  readonly bytes: Buffer;
  readonly texts: readonly string[];
}

/** So many bytes of stored messages may be on their way at once; the others wait until these have left. */
const WINDOW = 1_048_576;

/** Each stored message as a message of its own. */
export function singly(texts: readonly string[]): Parcel[] {
  return texts.map((text) => ({ bytes: Buffer.from(text), texts: [text] }));
}

/**
 * Sends parcels to a user in order, and deletes the stored messages that have left, and only those
 * (DIFFERENCES 8). Resolves when that is done, or the connection has ended. Never rejects.
 */
export async function handOver(
  chat: Chat,
  connection: Connection,
  userid: number,
  parcels: readonly Parcel[],
) {
  for (let next = 0; next < parcels.length; ) {
    const window = firstOf(parcels, next);
    next += window.length;
    const left = await send(connection, window);
    if (left.length > 0) await chat.debts.pay(() => chat.store.removeMessages(userid, left));
    if (connection.ended) return;
  }
}

/** The parcels from `from` on that fit into a window; at least one. */
function firstOf(parcels: readonly Parcel[], from: number): readonly Parcel[] {
  let size = 0;
  let to = from;
  for (; to < parcels.length; to++) {
    size += parcels[to]?.bytes.length ?? 0;
    if (size > WINDOW && to > from) break;
  }
  return parcels.slice(from, to);
}

/** Sends parcels. Resolves, once all have left or the connection has ended, with the texts that left. */
function send(connection: Connection, parcels: readonly Parcel[]): Promise<string[]> {
  return new Promise((resolve) => {
    const gone: string[] = [];
    let open = parcels.length;
    for (const { bytes, texts } of parcels) {
      const left = (itLeft: boolean) => {
        if (itLeft) gone.push(...texts);
        open--;
        if (open === 0) resolve(gone);
      };
      // Until they have left they stay stored: nothing to store again.
      if (!connection.send(bytes, 0, left)) left(false);
    }
  });
}

/** Gives a user who is here what was stored for it since its login. */
export async function drain(chat: Chat, userid: number): Promise<void> {
  const { sessions, store } = chat;
  await sessions.handingOver(userid);
  await sessions.turn(userid, async () => {
    const connection = sessions.get(userid);
    // What began while this waited for its turn has read later what is stored.
    if (connection === undefined || sessions.handingOver(userid) !== undefined) return;
    const texts = await store.storedMessages(userid);
    sessions.handOver(userid, handOver(chat, connection, userid, singly(texts)));
  });
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
