import { parse } from '../json/parse.js';
import type { Connection } from '../net/connection.js';
import type { Dialect } from '../protocol/dialect.js';
import { type IntField, readInt } from '../protocol/fields.js';
import type { Message } from '../protocol/message.js';

/** Who wrote a message to whom, for the log: ids, and never a text. What cannot be told is undefined. */
export interface Parties {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly group: number | undefined;
}

/** The parties of a client's message. `from` is who is logged in on its connection, whatever the message says. */
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

/** Who wrote a message that is on its way to its user. */
export function senderIn(bytes: Buffer, { fields }: Dialect): number | undefined {
  try {
    const document = parse(bytes);
    return document instanceof Map ? readInt(document, fields.ints.id.names) : undefined;
  } catch {
    return undefined;
  }
}
