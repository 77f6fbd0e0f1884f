import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import type { Verb } from '../protocol/verbs.js';
import { StoreUnavailable } from '../store/store.js';
import { accountVerbs } from './accounts.js';
import { answer, replyTo } from './answer.js';
import type { Chat } from './chat.js';
import { groupChat, oneChat } from './chatting.js';
import { friendVerbs } from './friends.js';
import { groupVerbs } from './groups.js';
import { intOf, partiesOf, writerOf } from './identity.js';
import { login, logout } from './login.js';
import { passRequestOn } from './more/friends.js';
import { moreVerbs } from './more/verbs.js';
import { checkAllowed } from './program.js';
import { DATABASE_AWAY, Refused, reasonOf, resultOf } from './refused.js';

export type Handler = (
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
) => void | Promise<void>;

type RelayVerb = 'chat' | 'groupChat' | 'friendRequest';

/** Deliveries keep their order among themselves: these need not wait until earlier ones are done. */
const RELAYS: Record<RelayVerb, Handler> = {
  chat: oneChat,
  groupChat,
  // It is asked of a user as anything else is written to it.
  friendRequest: passRequestOn,
};

/** These wait until all that came before them on the connection has been delivered. */
const HANDLERS: Record<Exclude<Verb, RelayVerb>, Handler> = {
  login,
  logout,
  ...accountVerbs,
  ...friendVerbs,
  ...groupVerbs,
  ...moreVerbs,
};

/** Handles one message of a client. The promise resolves when the next message may be handled; it never rejects. */
export function dispatch(chat: Chat, connection: Connection, message: Message): void | Promise<void> {
  let request: Request | undefined;
  try {
    request = requestOf(chat, message);
    return handle(chat, connection, message, request)?.catch((error) =>
      failed(chat, connection, message, request, error),
    );
  } catch (error) {
    failed(chat, connection, message, request, error);
  }
}

/** The request that a message makes, by its type, and by whether it has a number. */
function requestOf({ dialect, metrics }: Chat, message: Message): Request {
  const request = dialect.requests.get(message.int('msgid'));
  if (request === undefined) throw new Refused('unknown msgid');
  message.fields = request.fields;
  const isNumbered = request.numbered !== undefined && message.hasSeq;
  metrics.count(request.verb);
  return isNumbered ? request.numbered : request;
}

function handle(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
): void | Promise<void> {
  const { verb } = request;
  const isToOthers = isRelay(verb);
  // After the server's goodbye nothing can be answered: only messages to others that have no answer are handled.
  if ((request.reply !== undefined || !isToOthers) && connection.hasParted)
    throw new Refused('the server has said goodbye');
  if (isToOthers) return relayed(chat, connection, message, request, verb);
  const handler = HANDLERS[verb];
  const quiet = connection.quiet();
  return quiet === undefined
    ? handler(chat, connection, message, request)
    : quiet.then(() => handler(chat, connection, message, request));
}

function relayed(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
  verb: RelayVerb,
): void | Promise<void> {
  const { program } = chat;
  if (program?.allow === undefined) return RELAYS[verb](chat, connection, message, request);
  const from = writerOf(chat, connection, message);
  const [to, group] = [intOf(message, 'toid'), intOf(message, 'groupid')];
  const wanted = { from, to, group, json: message.relay(undefined).toString() };
  return checkAllowed(program, wanted).then(() => RELAYS[verb](chat, connection, message, request));
}

function isRelay(verb: Verb | undefined): verb is RelayVerb {
  return verb !== undefined && Object.hasOwn(RELAYS, verb);
}

/** Only this message is lost (DIFFERENCES 2). A client that waits for an answer gets one (DIFFERENCES 19). */
function failed(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request | undefined,
  error: unknown,
): void {
  const { address } = connection;
  chat.hints.missed(connection, message);
  const reason = reasonOf(error);
  if (reason === undefined) chat.log.error({ err: error, address }, 'a message could not be handled');
  const reply = request && (request.reply ?? replyTo(chat, message, request.verb));
  if (request !== undefined && reply !== undefined) {
    const values = { ...(reason !== undefined && { reason }) };
    answer(chat, connection, message, request.verb, resultOf(request.verb, error), values, reply);
  } else if (error instanceof StoreUnavailable && isRelay(request?.verb))
    // It was accepted, and waited for the database until the server stopped.
    chat.drops.lose(DATABASE_AWAY, { address, ...partiesOf(connection, message) });
  else
    chat.drops.add(reason ?? 'unexpected error', {
      address,
      ...(request === undefined && { msgid: intOf(message, 'msgid') }),
      ...partiesOf(connection, message),
    });
}
