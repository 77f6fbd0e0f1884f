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

/** `2026-01-02 03:04:05`, as the original client writes it. */
export function localTime(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}
