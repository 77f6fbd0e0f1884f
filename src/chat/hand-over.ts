import type { Session } from '../delivery/session.js';
import type { Connection } from '../net/connection.js';
import type { Chat } from './chat.js';
import { untilThere } from './until-there.js';

/** The parts that handing over works with. */
export type HandOverParts = Pick<Chat, 'store' | 'stopping' | 'log' | 'trace'>;

/** Bytes for a client, and the stored messages that are in them. */
export interface Piece {
  readonly bytes: Buffer;
  readonly texts: readonly string[];
  /** It answers a request: the client's next one is handled when it has left. */
  readonly isReply: boolean;
}

/** At most 256 KiB of stored messages are on their way to a client at once. The others wait until these have left. */
const WINDOW = 262_144;

/** Each stored message as a message of its own. */
export function singly(texts: readonly string[]): Piece[] {
  return texts.map((text) => ({ bytes: Buffer.from(text), texts: [text], isReply: false }));
}

/**
 * Sends pieces of output to a user in order, and deletes the stored messages that have left, and only those
 * (DIFFERENCES 8). Resolves when that is done, the user has left or the connection has ended. Never rejects.
 */
export async function handOver(
  chat: HandOverParts,
  connection: Connection,
  session: Session,
  pieces: readonly Piece[],
): Promise<void> {
  for (let next = 0; next < pieces.length && !connection.ended && !session.hasLeft; ) {
    const window = firstOf(pieces, next);
    next += window.length;
    for (const { texts } of window)
      for (const text of texts) chat.trace?.('was read from the database', session.id, text);
    const left = await send(connection, session.id, window);
    if (left.length > 0) await remove(chat, session.id, left);
  }
}

/** Deletes stored messages that have left, now or when the database is there. Never rejects. */
export async function remove(
  { store, stopping, log, trace }: HandOverParts,
  userid: number,
  texts: string[],
): Promise<void> {
  try {
    await untilThere(() => store.removeMessages(userid, texts), stopping);
    for (const text of texts) trace?.('is deleted from the database', userid, text);
  } catch (error) {
    log.error({ err: error, userid, count: texts.length }, 'messages that were delivered stay stored');
  }
}

/** The pieces from `from` on that fit into a window; at least one. */
function firstOf(pieces: readonly Piece[], from: number): readonly Piece[] {
  let size = 0;
  let to = from;
  for (; to < pieces.length; to++) {
    size += pieces[to]?.bytes.length ?? 0;
    if (size > WINDOW && to > from) break;
  }
  return pieces.slice(from, to);
}

/** Sends pieces. Resolves, once all have left or the connection has ended, with the texts that left. */
function send(connection: Connection, userid: number, pieces: readonly Piece[]): Promise<string[]> {
  return new Promise((resolve) => {
    const gone: string[] = [];
    let open = pieces.length;
    const one = () => {
      open--;
      if (open === 0) resolve(gone);
    };
    for (const { bytes, texts } of pieces) {
      const left = () => {
        gone.push(...texts);
        one();
      };
      // Until they have left they stay stored: nothing to store again.
      if (!connection.send(bytes, { userid, left, unsent: one })) one();
    }
  });
}
