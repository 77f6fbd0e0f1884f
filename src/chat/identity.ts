import { parse } from '../json/parse.js';
import type { JsonValue } from '../json/value.js';
import type { Connection } from '../net/connection.js';
import type { Dialect } from '../protocol/dialect.js';
import { asInt32, type Claim, type IntField, readInt } from '../protocol/fields.js';
import type { Message } from '../protocol/message.js';
import type { Chat } from './chat.js';
import type { ChatUser } from './program.js';
import { Refused } from './refused.js';

/*
 * The sender of a message (DIFFERENCES 3).
 *
 * its id      | the sender                         | refused when
 * ------------|------------------------------------|---------------------------------------------------------------
 * is there    | the user of that id                | it is not logged in on this connection, or another field that
 *             |                                    | a reader may take for the sender's id says somebody else
 * is not      | the one user of the connection,    | there is none, or several; or another field that a reader may
 *             | where the dialect allows it        | take for the sender's id or name says somebody else
 *
 * A name beside an id is the sender's own word, as in the original: readers see the id beside it.
 */

const IDS: readonly Claim[] = ['id', 'idOrName'];
const ANY: readonly Claim[] = ['id', 'idOrName', 'name'];

/** The names of users by their connections: a message without an id is checked against the sender's name. */
const names = new WeakMap<Connection, Map<number, string>>();

/** Notes the name of a user who has logged in on a connection. */
export function introduce(connection: Connection, id: number, name: string): void {
  const known = names.get(connection) ?? new Map<number, string>();
  names.set(connection, known.set(id, name));
}

/** The name of a user who is logged in on a connection; undefined for anybody else. */
export function nameOf(connection: Connection, id: number): string | undefined {
  return names.get(connection)?.get(id);
}

/** A user who is logged in on a connection, or was. */
export function userOf(connection: Connection, id: number): ChatUser {
  return { id, name: nameOf(connection, id) ?? '', address: connection.address };
}

/** The sender of a message; throws Refused unless that user, and no other, can be taken for it. */
export function senderOf(chat: Chat, connection: Connection, message: Message): number {
  return chat.options.trustClientIds
    ? claimedBy(chat, connection, message)
    : userWhoSent(chat, connection, message);
}

/**
 * The same for what the original does not have: whatever is believed of old clients, nobody reads or changes by it what
 * is another's.
 */
export function userWhoSent(chat: Chat, connection: Connection, message: Message): number {
  const isAbsent = chat.dialect.idMayBeAbsent && !message.has('id');
  const id = claimedBy(chat, connection, message);
  if (!connection.writers.has(id)) throw new Refused('not logged in as the sender');
  if (message.fields.claims !== undefined) agreeOn(message, id, isAbsent ? ANY : IDS, nameOf(connection, id));
  return id;
}

/**
 * The sender of a message to others: the original reads none there, so a client that is believed need not name one
 * (`--trust-client-ids`). Throws Refused as `senderOf` does.
 */
export function writerOf(chat: Chat, connection: Connection, message: Message): number | undefined {
  return chat.options.trustClientIds ? intOf(message, 'id') : senderOf(chat, connection, message);
}

function claimedBy({ dialect }: Chat, connection: Connection, message: Message): number {
  return dialect.idMayBeAbsent && !message.has('id') ? onlyUserOf(connection) : message.int('id');
}

/** Throws Refused when a field that makes one of these claims is not about this user. */
export function agreeOn(message: Message, id: number, claims: readonly Claim[], name?: string): void {
  for (const [claim, value] of message.claims())
    if (claims.includes(claim) && !means(claim, value, id, name))
      throw new Refused('another field names another sender');
}

/** Whether a value means this user, or nobody. */
function means(claim: Claim, value: JsonValue, id: number, name: string | undefined): boolean {
  if (typeof value !== 'string') return asInt32(value) === id;
  if (claim === 'id') return false;
  return value === '' || value === name || value.trim() === String(id);
}

/** The one user of a connection: who else could be meant where no id is given? */
function onlyUserOf({ writers }: Connection): number {
  const [id, other] = writers;
  if (id === undefined || other !== undefined) throw new Refused('not logged in as the sender');
  return id;
}

/** Sender and receiver of a message for the log: ids, and never a text. A field that cannot be read is undefined. */
export interface Parties {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly group: number | undefined;
}

/**
 * The parties of a client's message. `from` is the user who is logged in on its connection, whatever the message
 * says.
 */
export function partiesOf({ writers: [from] }: Connection, message: Message): Parties {
  return { from, to: intOf(message, 'toid'), group: intOf(message, 'groupid') };
}

/** An int field of a message; undefined when it has none that can be read. */
export function intOf(message: Message, field: IntField): number | undefined {
  try {
    return message.int(field);
  } catch {
    return undefined;
  }
}

/** The sender of a message that is on its way to its user; undefined when the message does not say. */
export function senderIn(bytes: Buffer, { fields }: Dialect): number | undefined {
  try {
    const document = parse(bytes);
    return document instanceof Map ? readInt(document, fields.ints.id.names) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The id of the account of a name that a user asks for; undefined when nobody has it. A user who asks for many such
 * names is held back as one who guesses at passwords is, and nobody else is. Without that the names of all accounts
 * could be found out by trying.
 */
export async function idAskedFor(
  { store, lookUps }: Chat,
  connection: Connection,
  self: number,
  name: string,
): Promise<number | undefined> {
  return lookUps.guess(connection, self, async (attempt) => {
    // The others behind one address are not held back for it.
    attempt.succeed();
    const id = await store.idOf(name);
    if (id === undefined) attempt.fail();
    return id;
  });
}
