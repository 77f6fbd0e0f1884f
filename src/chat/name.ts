import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { IntField, TextField } from '../protocol/fields.js';
import type { Message } from '../protocol/message.js';
import type { Chat } from './chat.js';
import { Refused } from './refused.js';

/** The user that a field of a message means: by id, or by name where the dialect does so. Throws Refused. */
export function userMeant(
  chat: Chat,
  message: Message,
  { byName }: Request,
  id: IntField,
  name: TextField,
): number | Promise<number> {
  return byName ? userNamed(chat, message.text(name)) : message.int(id);
}

async function userNamed({ store }: Chat, name: string): Promise<number> {
  const id = await store.idOf(name);
  if (id === undefined) throw new Refused('nobody has that name');
  return id;
}

/**
 * The id of the account of a name that a user asks for; undefined when nobody has it. Who asks for many such names is
 * held back as who guesses at passwords is, and no one else: else a list of all names is had by trying them.
 */
export async function idAskedFor(
  { store, lookUps }: Chat,
  connection: Connection,
  self: number,
  name: string,
): Promise<number | undefined> {
  const attempt = lookUps.begin(connection, self);
  try {
    if (attempt.wait > 0) await delay(attempt.wait, undefined, { ref: false });
    // The others behind one address are not held back for it.
    attempt.succeed();
    const id = await store.idOf(name);
    if (id === undefined) attempt.fail();
    return id;
  } finally {
    attempt.end();
  }
}
