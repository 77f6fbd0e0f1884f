import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { Values } from '../protocol/replies.js';
import type { Reply, Result } from '../protocol/verbs.js';
import type { Chat } from './chat.js';

/** Replies to a request, if its dialect has a reply to it. */
export function answer(
  chat: Chat,
  connection: Connection,
  message: Message,
  reply: Reply,
  result: Result,
  values?: Values,
): void {
  if (result !== 'ok') refused(chat, connection, reply, result);
  const bytes = chat.dialect.replies.write(reply, result, values, message);
  if (bytes !== undefined) connection.reply(bytes);
}

function refused({ metrics, log }: Chat, { address }: Connection, request: Reply, result: Result): void {
  metrics.refuse(request, result);
  log.debug({ address, request, result }, 'refused');
}
