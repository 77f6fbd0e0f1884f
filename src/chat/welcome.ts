import type { Present } from '../delivery/presence.js';
import type { Connection } from '../net/connection.js';
import type { Message } from '../protocol/message.js';
import type { User } from '../store/store.js';
import { catchUp, storedPage } from './catch-up.js';
import type { Chat } from './chat.js';
import { handOver } from './hand-over.js';
import { introduce } from './identity.js';
import { leave } from './leave.js';
import { pack } from './pack.js';

export interface Welcome {
  readonly handedOver?: Promise<void>;
}

/**
 * Sends the login reply to a user who has just come online, with friends, groups and stored messages, and
 * from then on everything else.
 *
 * @returns when the reply carries all stored messages: a promise for when they are deleted
 */
export async function welcome(
  chat: Chat,
  connection: Connection,
  message: Message,
  user: User,
): Promise<Welcome> {
  const { id, name } = user;
  const { presence, store } = chat;
  const here = presence.get(id);
  const [offlinemsg, friends, groups] = await Promise.all([
    storedPage(chat, id, here),
    store.friends(id),
    store.groups(id),
  ]);
  const parcels = pack(chat, { id, name, friends, groups, offlinemsg }, message);
  const handedOver = handOver(chat, connection, id, parcels);
  introduce(connection, id, name);
  if (here !== undefined) enter(chat, connection, here, offlinemsg.length > 0 ? handedOver : undefined);
  return parcels.length === 1 ? { handedOver } : {};
}

/** From now on the user gets everything else, behind what is handed over to it. */
function enter(chat: Chat, connection: Connection, user: Present, handedOver: Promise<void> | undefined) {
  chat.presence.enter(user, connection);
  chat.log.debug({ userid: user.id, address: connection.address }, 'a user is here');
  user.catchingUp = handedOver?.then(() => {
    user.catchingUp = undefined;
    catchUp(chat, user);
    return user.catchingUp;
  });
  catchUp(chat, user);
  if (connection.ended) void leave(chat, user.id);
}
