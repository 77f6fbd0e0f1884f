import { type Connection, createConnection } from 'mysql2/promise';
import { address } from '../store/mysql/tls.js';

/** Where a database is, without user and password: for messages. */
export function whereIs(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/**
 * Runs `work` on a connection of its own, for what is not the way of a message.
 *
 * @param inside whether to enter the database of the URL; it may not be there yet
 */
export async function onConnection<T>(
  url: string,
  work: (connection: Connection) => Promise<T>,
  inside = true,
): Promise<T> {
  const target = new URL(url);
  if (!inside) target.pathname = '';
  const connection = await createConnection({ ...address(target.href), connectTimeout: 5000 });
  try {
    return await work(connection);
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}
