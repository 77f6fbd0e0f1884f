import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { Values } from '../protocol/replies.js';
import type { Reply, Result } from '../protocol/verbs.js';
import type { Chat } from './chat.js';
import { intOf, partiesOf } from './parties.js';

/** Replies to a request, if its dialect has a reply to it. */
export function answer(
  chat: Chat,
  connection: Connection,
  message: Message,
  reply: Reply,
  result: Result,
  values?: Values,
): void {
  if (result !== 'ok') refused(chat, connection, message, reply, result);
  const bytes = chat.dialect.replies.write(reply, result, values, message);
  if (bytes !== undefined) connection.reply(bytes);
}

function refused(
  { metrics, log }: Chat,
  connection: Connection,
  message: Message,
  request: Reply,
  result: Result,
): void {
  metrics.refuse(request, result);
  if (!log.isLevelEnabled('debug')) return;
  const { address } = connection;
  const userid = request === 'login' ? intOf(message, 'id') : partiesOf(connection, message).from;
  log.debug({ address, userid, request, result }, 'refused');
}
