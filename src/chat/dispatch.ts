import { JsonError } from '../json/value.js';
import type { Connection } from '../net/connection.js';
import { FieldError } from '../protocol/fields.js';
import type { Message } from '../protocol/message.js';
import * as msgid from '../protocol/msgid.js';
import { StoreUnavailable } from '../store/store.js';
import { addFriend } from './add-friend.js';
import { addGroup } from './add-group.js';
import type { Chat } from './chat.js';
import { createGroup } from './create-group.js';
import { groupChat } from './group-chat.js';
import { Refused } from './identity.js';
import { login } from './login.js';
import { logout } from './logout.js';
import { oneChat } from './one-chat.js';
import { register } from './register.js';

export type Handler = (chat: Chat, connection: Connection, message: Message) => void | Promise<void>;

/** Deliveries keep their order among themselves: these need not wait until earlier ones are done. */
const RELAYS = new Map<number, Handler>([
  [msgid.ONE_CHAT_MSG, oneChat],
  [msgid.GROUP_CHAT_MSG, groupChat],
]);

const HANDLERS = new Map<number, Handler>([
  [msgid.LOGIN_MSG, login],
  [msgid.LOGINOUT_MSG, logout],
  [msgid.REG_MSG, register],
  [msgid.ADD_FRIEND_MSG, addFriend],
  [msgid.CREATE_GROUP_MSG, createGroup],
  [msgid.ADD_GROUP_MSG, addGroup],
]);

/** Handles one message of a client. What comes back resolves when the next one may be handled; it never rejects. */
export function dispatch(chat: Chat, connection: Connection, message: Message): void | Promise<void> {
  try {
    return handle(chat, connection, message)?.catch((error) => failed(chat, connection, error));
  } catch (error) {
    failed(chat, connection, error);
  }
}

function handle(chat: Chat, connection: Connection, message: Message): void | Promise<void> {
  const number = message.int('msgid');
  const relay = RELAYS.get(number);
  if (relay !== undefined) return relay(chat, connection, message);
  const handler = HANDLERS.get(number);
  if (handler === undefined) throw new Refused('unknown msgid');
  const settled = connection.settled();
  return settled === undefined
    ? handler(chat, connection, message)
    : settled.then(() => handler(chat, connection, message));
}

/** The message is lost, nothing else is (DIFFERENCES 2). */
function failed(chat: Chat, connection: Connection, error: unknown): void {
  const { drops, log } = chat;
  const { address } = connection;
  if (error instanceof JsonError) drops.add('number out of range', address);
  else if (error instanceof FieldError || error instanceof Refused) drops.add(error.message, address);
  else if (error instanceof StoreUnavailable) drops.add('the database is away', address);
  else {
    drops.add('unexpected error', address);
    log.error({ err: error, address }, 'a message could not be handled');
  }
}
