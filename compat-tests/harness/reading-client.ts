import { once } from 'node:events';
import { connect } from 'node:net';
import type { Document } from './user.js';

/** The original client reads at most this many bytes at once. It keeps one for the end of the text. */
const BUFFER = 1024;

/** The client reads these members of each document in a list; it ends when one of them is not there. */
const KEYS = {
  friends: ['id', 'name', 'state'],
  groups: ['id', 'groupname', 'groupdesc', 'users'],
  users: ['id', 'name', 'state', 'role'],
} as const;

/** A login as the original client does it: one read is the reply, and it must have all that is read of it. */
export async function loginInOneRead(port: number, id: number, buffer = BUFFER): Promise<Document> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.write(`${JSON.stringify({ id, msgid: 1, password: 'pw' })}\0`);
  await once(socket, 'readable');
  const read = socket.read() as Buffer;
  socket.destroy();
  return parsed(read.subarray(0, buffer - 1));
}

/** The reply with its lists parsed. Throws where the original client would end. */
function parsed(bytes: Buffer): Document {
  const reply = documentOf(String(bytes), ['msgid', 'errno', 'id', 'name']);
  const friends = listOf(reply.friends, KEYS.friends);
  const groups = listOf(reply.groups, KEYS.groups);
  return { ...reply, friends, groups: groups.map((g) => ({ ...g, users: listOf(g.users, KEYS.users) })) };
}

function listOf(texts: string[] = [], keys: readonly string[]): Document[] {
  return texts.map((text) => documentOf(text, keys));
}

function documentOf(text: string, keys: readonly string[]): Document {
  const document: Document = JSON.parse(text);
  for (const key of keys) if (document[key] === undefined) throw new Error(`no ${key} in ${text}`);
  return document;
}
