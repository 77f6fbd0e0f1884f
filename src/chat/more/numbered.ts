import type { Connection } from '../../net/connection.js';
import type { Request } from '../../protocol/dialect.js';
import type { Message } from '../../protocol/message.js';
import { ACK } from '../../protocol/verbs.js';
import { answer } from '../answer.js';
import type { Chat } from '../chat.js';
import { senderOf } from '../identity.js';
import { Refused } from '../refused.js';
import type { Numbered, Receivers } from './numbers.js';

/**
 * Delivers a message that its sender has numbered, unless it has come before. See Numbers.
 *
 * @param to the receiver
 * @param receivers names the users who are to get it
 * @param delivered called when it was new
 */
export async function sendNumbered(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
  to: Pick<Numbered, 'toid' | 'groupid'>,
  receivers: () => Receivers | Promise<Receivers>,
  delivered: (bytes: Buffer, numbered: Pick<Numbered, 'userid' | 'seq'>) => void,
): Promise<void> {
  const { numbers } = chat;
  const userid = senderOf(chat, connection, message);
  const { seq } = message;
  if (seq === undefined) throw new Refused('seq is no whole number from 1 to 2147483647');
  const session = sessionOf(chat, connection, userid);
  const known = await numbers.known(session, seq, connection.account);
  if (known === 'old') throw new Refused('seq is below those of the last 1000 messages');
  if (known === 'again') return answer(chat, connection, message, ACK, 'unavailable');
  if (known === 'open') return;
  if (known !== 'new') return numbers.tell(userid, seq, known);
  const all = await receivers();
  // The user may have left while the database was asked: nobody would remember the number of this message.
  if (sessionOf(chat, connection, userid) !== session) throw new Refused('not logged in as the sender');
  const bytes = message.relay(request.change);
  const sent = numbers.deliver(session, { userid, seq, ...to }, bytes, all);
  delivered(bytes, { userid, seq });
  await sent;
  await connection.account.backpressure();
}

/** The session of a user who is logged in on this very connection: a client that is only believed has no numbers. */
export function sessionOf({ presence }: Chat, connection: Connection, userid: number) {
  const session = presence.get(userid);
  if (session?.isOnline !== true || session.connection !== connection)
    throw new Refused('not logged in as the sender');
  return session;
}

/** The verb of clients that number their messages. */
export const numberVerbs = { resume };

/** Answers which number is the highest that the sender has given to its messages: it goes on behind that. */
async function resume(chat: Chat, connection: Connection, message: Message): Promise<void> {
  const session = sessionOf(chat, connection, senderOf(chat, connection, message));
  const last = await chat.numbers.last(session, connection.account);
  answer(chat, connection, message, 'resume', 'ok', { last });
}
