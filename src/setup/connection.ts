import type { Connection, RowDataPacket } from 'mysql2/promise';
import { urlsOf } from '../store/mysql/hosts.js';
import { isReadOnlyServer, READ_ONLY } from '../store/mysql/server.js';
import { address } from '../store/mysql/tls.js';
import { shellWord } from '../text/shell.js';

/** The name of the database that a URL names. */
export function databaseIn(url: string): string {
  return decodeURIComponent(new URL(urlsOf(url)[0]).pathname.slice(1));
}

/** A command line of one of MySQL's own programs, for the server of a URL; it asks for the password. */
export function mysqlCommand(program: string, url: string, args: readonly string[]): string {
  const { hostname, port, username } = new URL(urlsOf(url)[0]);
  const words = [
    `--host=${hostname}`,
    ...(port === '' ? [] : [`--port=${port}`]),
    ...(username === '' ? [] : [`--user=${decodeURIComponent(username)}`]),
    '--password',
    ...args,
  ];
  return [program, ...words.map(shellWord)].join(' ');
}

/**
 * Runs `work` on a connection of its own, apart from those that serve messages.
 *
 * @param inside whether to enter the database of the URL; it may not be there yet
 */
export async function onConnection<T>(
  url: string,
  work: (connection: Connection) => Promise<T>,
  inside = true,
): Promise<T> {
  const connection = await connect(urlsOf(url), inside);
  try {
    return await work(connection);
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

/** Connects to the first host that takes changes, or else to the last that can be reached. */
async function connect(urls: readonly string[], inside: boolean): Promise<Connection> {
  // Loaded here: a server without MySQL starts sooner without it.
  const { createConnection } = await import('mysql2/promise');
  let failure: unknown;
  let last: Connection | undefined;
  for (const url of urls) {
    const target = new URL(url);
    if (!inside) target.pathname = '';
    try {
      const connection = await createConnection({ ...address(target.href), connectTimeout: 5000 });
      last?.destroy();
      last = connection;
      if (urls.length === 1 || (await takesChanges(connection))) break;
    } catch (error) {
      failure = error;
    }
  }
  if (last === undefined) throw failure;
  return last;
}

async function takesChanges(connection: Connection): Promise<boolean> {
  const [[row]] = await connection.query<RowDataPacket[]>(READ_ONLY);
  return !isReadOnlyServer(row);
}
