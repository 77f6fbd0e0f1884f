import type { Row, Tables } from '../tables/tables.js';

/** Rows with stored messages as a client reads them: JSON, escaped or not. */
export function asRead(tables: Tables): Tables {
  const read = (row: Row) => ({ ...row, message: JSON.stringify(JSON.parse(String(row.message))) });
  return { ...tables, offlinemessage: tables.offlinemessage.map(read) };
}

/** The same, with the texts of messages to one user that differ in nothing else put together. */
export function asReadInOnePiece(tables: Tables): Tables {
  const texts = new Map<string, string>();
  for (const { userid, message } of tables.offlinemessage) {
    const { msg, ...rest } = JSON.parse(String(message)) as { msg: string };
    const key = JSON.stringify({ userid, ...rest });
    texts.set(key, (texts.get(key) ?? '') + msg);
  }
  const offlinemessage = [...texts].map(([message, text]) => ({ message, text }));
  return { ...tables, offlinemessage };
}
