import type { Confirming, Connection } from '../../net/connection.js';
import type { Dialect } from '../../protocol/dialect.js';
import type { Message } from '../../protocol/message.js';
import { answer } from '../answer.js';
import type { Chat } from '../chat.js';
import { Refused } from '../refused.js';

const NOT_SENT = 'bytes is no whole number, less than the one before, or more than was sent';

/** How clients of a dialect say what they have; undefined where it has no number for that. */
export function confirmingIn(dialect: Dialect): Confirming | undefined {
  const { requests, replies } = dialect;
  const known = (bytes: number) => replies.write('confirm', 'ok', { bytes }) ?? Buffer.alloc(0);
  const isThere = [...requests.values()].some(({ verb }) => verb === 'confirm') && replies.has('confirm');
  if (!isThere) return undefined;
  return {
    read: (message) =>
      isConfirm(dialect, message)
        ? { bytes: bytesIn(message), isEnd: message.raw('end') === true }
        : undefined,
    known,
    refused: () => replies.write('confirm', 'refused', { reason: NOT_SENT }) ?? Buffer.alloc(0),
  };
}

/** What a client says that it has. */
export const confirmVerbs = { confirm };

/** A client begins to say what it has. What it says from then on its connection takes, in front of all else. */
function confirm(chat: Chat, connection: Connection, message: Message): void {
  if (!connection.canConfirm) throw new Refused('this connection has another way to confirm');
  const bytes = message.raw('bytes') === undefined ? 0 : bytesIn(message);
  if (!connection.startConfirming(bytes)) throw new Refused(NOT_SENT);
  answer(chat, connection, message, 'confirm', 'ok', { bytes });
}

function isConfirm({ requests }: Dialect, message: Message): boolean {
  try {
    return requests.get(message.int('msgid'))?.verb === 'confirm';
  } catch {
    // It is refused by who handles it.
    return false;
  }
}

/** NaN for what is no whole number. */
function bytesIn(message: Message): number {
  const bytes = message.raw('bytes');
  return typeof bytes === 'bigint' ? Number(bytes) : Number.NaN;
}
