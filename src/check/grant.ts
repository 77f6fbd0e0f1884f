import type { Connection, RowDataPacket } from 'mysql2/promise';
import { mysqlCommand } from '../setup/connection.js';
import { urlsOf } from '../store/mysql/hosts.js';

/** The account of a connection as the database calls it, `user@host`. */
export async function accountOf(connection: Connection): Promise<string> {
  const [[row]] = await connection.query<RowDataPacket[]>('select current_user() as account');
  return String(row?.account);
}

/**
 * The command by which an administrator gives the account of this connection rights.
 *
 * @param rights each as it stands in a statement: "SELECT ON `chat`.`user`"
 */
export async function grant(connection: Connection, url: string, rights: readonly string[]): Promise<string> {
  const account = await accountOf(connection);
  const at = account.lastIndexOf('@');
  const whom = [account.slice(0, at), account.slice(at + 1)].map((part) => connection.escape(part)).join('@');
  const administrator = new URL(urlsOf(url)[0]);
  administrator.username = 'root';
  const statements = rights.map((right) => `GRANT ${right} TO ${whom}`).join('; ');
  return mysqlCommand('mysql', administrator.href, [`--execute=${statements}`]);
}
