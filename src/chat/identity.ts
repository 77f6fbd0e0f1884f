import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { Chat } from './chat.js';

/** A message that does not count: its sender may not send it (DIFFERENCES 3). */
export class Refused extends Error {}

/** The `id` of a message; throws Refused unless that user is logged in on this connection (DIFFERENCES 3). */
export function senderOf(chat: Chat, connection: Connection, message: Message): number {
  if (chat.dialect.idMayBeAbsent && !message.has('id')) return onlyUserOf(connection);
  const id = message.int('id');
  if (!chat.options.trustClientIds && !connection.users.has(id))
    throw new Refused('not logged in as the sender');
  return id;
}

/** The one user of a connection: who else could be meant where no id is given? */
function onlyUserOf({ users }: Connection): number {
  const [id, other] = users;
  if (id === undefined || other !== undefined) throw new Refused('not logged in as the sender');
  return id;
}
