import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { Values } from '../protocol/replies.js';
import { type Reply, type Result, WANTED } from '../protocol/verbs.js';
import type { Chat } from './chat.js';
import { intOf, partiesOf } from './identity.js';

/** WANTED as a map, made once: each message without an answer is looked up here. */
const WANTED_REPLIES: ReadonlyMap<string, Reply> = new Map(Object.entries(WANTED));

/**
 * Replies to a request, if its dialect has a reply to it.
 *
 * @param named the reply, where it is another one
 */
export function answer(
  chat: Chat,
  connection: Connection,
  message: Message,
  reply: Reply,
  result: Result,
  values?: Values,
  named = replyTo(chat, message, reply),
): void {
  if (result !== 'ok') refused(chat, connection, message, reply, result);
  const bytes = named && chat.dialect.replies.write(named, result, values, message);
  if (bytes !== undefined) connection.reply(bytes);
}

/** The reply that answers a request, unless it is numbered; undefined when the request has no answer. */
export function replyTo(chat: Chat, message: Message, request: Reply): Reply | undefined {
  const { dialect } = chat;
  if (dialect.replies.has(request)) return request;
  const wanted = WANTED_REPLIES.get(request);
  return wanted !== undefined && wantsAnswer(message) && dialect.replies.has(wanted) ? wanted : undefined;
}

/** Whether a client wants an answer to a request that the original does not answer. */
export function wantsAnswer(message: Message): boolean {
  return message.raw('seq') !== undefined;
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
