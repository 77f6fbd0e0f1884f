import { isUtf8 } from 'node:buffer';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { PresentNames } from '../store/mysql/names.js';
import type { Charset } from '../store/mysql/text.js';

/** The newest rows of a table that are looked at: a table may be large. */
const MOST = 10_000;

/** Through which charset a text was written that is UTF-8 in the end: what its server had said with SET NAMES. */
type Written = Charset | 'latin1';

/** How many texts were written in which way. Those that fit several are not counted. */
export type Readings = Readonly<Record<Written, number>>;

/** Characters of three bytes and more, as Chinese has them: shorter ones look alike in many charsets. */
const WIDE = /[\u0800-\u{10ffff}]/u;

/** A text of a column as three connections would get it. */
interface Seen {
  readonly gbk: Buffer;
  readonly latin1: Buffer;
  readonly utf8mb4: Buffer;
}

/** Looks at names of users and groups: how were they written? */
export async function readReadings(
  connection: Connection,
  { user, allgroup }: PresentNames['names'],
): Promise<Readings> {
  const columns: [table: string, key: string, column: string][] = [];
  if (user !== undefined) columns.push([user.table, user.id, user.name]);
  if (allgroup !== undefined) {
    columns.push([allgroup.table, allgroup.id, allgroup.groupname]);
    columns.push([allgroup.table, allgroup.id, allgroup.groupdesc]);
  }
  const counts = { gbk: 0, utf8mb4: 0, latin1: 0 };
  for (const [table, key, column] of columns) {
    const as = (charset: Written) => `cast(convert(it using ${charset}) as binary) as ${charset}`;
    const [rows] = await connection.query<RowDataPacket[]>(
      `select ${as('gbk')}, ${as('latin1')}, ${as('utf8mb4')}
       from (select ${column} as it from ${table} order by ${key} desc limit ${MOST}) newest
       where length(convert(it using utf8mb4)) <> char_length(it)`,
    );
    for (const row of rows) {
      const written = writtenAs(row as unknown as Seen);
      if (written !== undefined) counts[written]++;
    }
  }
  return counts;
}

/** How a text was written that is not ASCII; undefined when that cannot be told. */
export function writtenAs({ gbk, latin1, utf8mb4 }: Seen): Written | undefined {
  if (isUtf8(gbk) && WIDE.test(gbk.toString())) return 'gbk';
  if (isUtf8(latin1) && WIDE.test(latin1.toString())) return 'latin1';
  // A text that came over gbk is UTF-8 when it is read over gbk. This one is not, or it has characters that gbk does
  // not know.
  const isLossless = !gbk.includes('?') || utf8mb4.includes('?');
  return isUtf8(gbk) && isLossless ? undefined : 'utf8mb4';
}

/** The problem of reading such texts through this charset, and its remedy; undefined when there is none. */
export function readingDoubt(
  { gbk, utf8mb4, latin1 }: Readings,
  charset: Charset,
): { readonly text: string; readonly remedy: string } | undefined {
  const told = `of the names ${gbk} came over gbk, as the original writes them, ${utf8mb4} are plain UTF-8`;
  if (latin1 > 0)
    return {
      text: `${told}, ${latin1} came over latin1: these are not read as they were written`,
      remedy: 'convert them, see docs/dialects.md, Databases',
    };
  const [fitting, others] = charset === 'gbk' ? [gbk, utf8mb4] : [utf8mb4, gbk];
  if (others === 0) return undefined;
  const mixed = {
    text: `${told}: servers that say different charsets have written them, and --mysql-charset ${charset} misreads some`,
    remedy: 'let all servers say the same; see docs/dialects.md, Databases',
  };
  if (fitting > 0) return mixed;
  return charset === 'gbk'
    ? { text: `${told}: --mysql-charset gbk misreads some`, remedy: '--mysql-charset utf8mb4' }
    : { text: `${told}: --mysql-charset utf8mb4 misreads them`, remedy: '--mysql-charset gbk' };
}
