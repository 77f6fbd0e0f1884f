import type { Connection } from '../../net/connection.js';
import type { Message } from '../../protocol/message.js';
import { answer } from '../answer.js';
import type { Chat } from '../chat.js';
import { confirmVerbs } from './confirm.js';
import { friendRequestVerbs } from './friends.js';
import { historyVerbs } from './history.js';
import { recallVerbs } from './recall.js';
import { noteWishes } from './wishes.js';

/** The verbs to the server itself. A client need not be logged in for them. */
export const serviceVerbs = {
  abilities,
  heartbeat,
};

/**
 * A client asks for the verbs of this server, before it uses one that other servers do not have. It may name the
 * notices that it wants without asking each time.
 */
function abilities(chat: Chat, connection: Connection, message: Message): void {
  const { history, options, dialect, friendWatch, presence } = chat;
  // Each of them reads its friends anew.
  if (noteWishes(connection, message))
    for (const id of connection.users) friendWatch.change(presence.get(id));
  const off = {
    ...(history === undefined && historyVerbs),
    ...(!options.friendRequests && friendRequestVerbs),
    ...(options.recall === 0 && recallVerbs),
    ...(!connection.canConfirm && confirmVerbs),
  };
  const can = [...dialect.requests.values()]
    .map(({ verb }) => verb)
    .filter((verb) => !Object.hasOwn(off, verb));
  answer(chat, connection, message, 'abilities', 'ok', { can, heartbeat: options.heartbeat });
}

/** A client asks whether the server is still there. */
function heartbeat(chat: Chat, connection: Connection, message: Message): void {
  chat.heartbeats.add(connection);
  answer(chat, connection, message, 'heartbeat', 'ok');
}
