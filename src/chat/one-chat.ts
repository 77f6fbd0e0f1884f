import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf } from './identity.js';
import { userMeant } from './name.js';

/**
 * One-to-one chat (PROTOCOL.md section 5). Nothing is waited for when the user is here; else later
 * messages of the sender go on meanwhile, in order.
 */
export function oneChat(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
): void | Promise<void> {
  const toid = userMeant(chat, message, request, 'toid', 'toname');
  // The original reads no sender here: a trusted client need not send one.
  if (!chat.options.trustClientIds) senderOf(chat, connection, message);
  if (typeof toid === 'number') return deliver(chat, connection, message, request, toid);
  return toid.then((found) => deliver(chat, connection, message, request, found));
}

function deliver(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
  toid: number,
): void | Promise<void> {
  const room = chat.delivery.deliver(toid, message.relay(request.change), connection.account);
  answer(chat, connection, message, request.verb, 'ok');
  return room;
}
