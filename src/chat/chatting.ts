import type { Numbered } from '../history/history.js';
import type { Connection } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import type { Member } from '../store/store.js';
import { answer } from './answer.js';
import type { Chat } from './chat.js';
import { senderOf, writerOf } from './identity.js';
import { sendNumbered } from './more/numbered.js';
import { Refused } from './refused.js';
import { untilAnswered } from './until-there.js';

/**
 * One-to-one chat (PROTOCOL.md section 5). Nothing is waited for when the user is here; else later
 * messages of the sender go on meanwhile, in order.
 */
export function oneChat(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
): void | Promise<void> {
  const toid = request.byName ? idNamed(chat, message.text('toname')) : message.int('toid');
  const from = writerOf(chat, connection, message);
  if (typeof toid === 'number') return deliver(chat, connection, message, request, from, toid);
  return toid.then((found) => deliver(chat, connection, message, request, from, found));
}

async function idNamed({ store }: Chat, name: string): Promise<number> {
  const id = await store.idOf(name);
  if (id === undefined) throw new Refused('nobody has that name');
  return id;
}

function deliver(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
  from: number | undefined,
  toid: number,
): void | Promise<void> {
  if (request.isNumbered) {
    const noted = (bytes: Buffer, numbered: Numbered) => chat.history?.addChat(from, toid, bytes, numbered);
    return sendNumbered(
      chat,
      connection,
      message,
      request,
      { toid, groupid: 0 },
      () => [{ id: toid }],
      noted,
    );
  }
  const bytes = message.relay(request.change);
  const room = chat.delivery.deliver(toid, bytes, connection.account);
  if (request.verb === 'chat') chat.history?.addChat(from, toid, bytes);
  if (request.reply !== undefined) answer(chat, connection, message, request.verb, 'ok');
  return room;
}

/** At most 100,000 groups are known to be near: more than are spoken in at the same time. */
const MOST_NEAR = 100_000;

/**
 * Group chat (PROTOCOL.md section 5): to every member but the sender, each once (DIFFERENCES 14), and from
 * members only (DIFFERENCES 3). While the database is away nobody knows the members: the sender waits.
 * No reply, but in some dialects.
 */
export async function groupChat(
  chat: Chat,
  connection: Connection,
  message: Message,
  request: Request,
): Promise<void> {
  const { delivery, store, near } = chat;
  const { account } = connection;
  const sender = senderOf(chat, connection, message);
  const groupid = message.int('groupid');
  const bytes = message.relay(request.change);
  const members = () => othersIn(chat, sender, () => store.members(groupid));
  if (request.isNumbered) {
    const noted = (_: Buffer, numbered: Numbered) => chat.history?.addGroupChat(groupid, bytes, numbered);
    return sendNumbered(chat, connection, message, request, { toid: 0, groupid }, members, noted);
  }
  if (near.has(groupid)) {
    const others = await othersIn(chat, sender, () => store.memberIds(groupid));
    const delivering = delivery.deliverNow(others, bytes, account);
    const far = 'then' in delivering ? await delivering : delivering;
    if (far.length > 0) {
      note(near, groupid, false);
      await delivery.deliverToAll(among(await members(), far), bytes, account);
    }
  } else note(near, groupid, (await delivery.deliverToAll(await members(), bytes, account)) === 0);
  chat.history?.addGroupChat(groupid, bytes);
  if (request.reply !== undefined) answer(chat, connection, message, 'groupChat', 'ok');
  await account.backpressure();
}

/** Those of the members who are also among these users. */
function among(members: readonly Member[], users: readonly { readonly id: number }[]): Member[] {
  const ids = new Set(users.map(({ id }) => id));
  return members.filter(({ id }) => ids.has(id));
}

async function othersIn<T extends { readonly id: number }>(
  { options, stopping }: Chat,
  sender: number,
  ask: () => Promise<readonly T[]>,
): Promise<T[]> {
  const members = await untilAnswered(ask, stopping);
  const others = members.filter(({ id }) => id !== sender);
  // Each member is there once.
  if (!options.trustClientIds && others.length === members.length) throw new Refused('not a member');
  return others;
}

function note(near: Set<number>, groupid: number, isNear: boolean): void {
  if (near.size === MOST_NEAR) near.clear();
  if (isNear) near.add(groupid);
  else near.delete(groupid);
}
