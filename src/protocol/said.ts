import { dump } from '../json/dump.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import type { Dialect } from './dialect.js';

/** A message from the server itself, as the clients of a dialect read one from a user: from nobody, id 0. */
export function said(dialect: Dialect, userid: number, text: string, now = new Date()): Buffer {
  const [number, chat] = [...dialect.requests].find(([, { verb }]) => verb === 'chat') ?? [];
  const { ints, texts } = chat?.fields ?? dialect.fields;
  const document: Record<string, unknown> = {
    [ints.msgid.names[0] ?? 'msgid']: number,
    [ints.id.names[0] ?? 'id']: 0,
    [ints.toid.names[0] ?? 'toid']: userid,
    [texts.name.names[0] ?? 'name']: 'server',
    msg: text,
    time: localTime(now),
  };
  return Buffer.from(JSON.stringify(document, Object.keys(document).sort()));
}

/** A message to a group that one of its members seems to have written, as the clients of a dialect read one. */
export function saidInGroup(
  dialect: Dialect,
  groupid: number,
  from: { readonly id: number; readonly name: string },
  text: string,
  now = new Date(),
): Buffer {
  const [number, chat] = [...dialect.requests].find(([, { verb }]) => verb === 'groupChat') ?? [];
  const { ints, texts } = chat?.fields ?? dialect.fields;
  const document: JsonObject = new Map<string, JsonValue>([
    [ints.msgid.names[0] ?? 'msgid', BigInt(number ?? 0)],
    [ints.id.names[0] ?? 'id', BigInt(from.id)],
    [ints.groupid.names[0] ?? 'groupid', BigInt(groupid)],
    [texts.name.names[0] ?? 'name', from.name],
    ['msg', text],
    ['time', localTime(now)],
  ]);
  return Buffer.from(dump(chat?.change === undefined ? document : chat.change(document)));
}

/** `2026-01-02 03:04:05`, as the original client writes it. */
export function localTime(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}
