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
