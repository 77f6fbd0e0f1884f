import type { Connection, RowDataPacket } from 'mysql2/promise';
import { type PresentNames, quoted } from '../store/mysql/names.js';
import type { Table } from '../store/tables.js';

/** Something about a table that keeps rows out, what it does, and the statement that changes it. */
export interface KeyProblem {
  readonly text: string;
  readonly statement: string;
}

/** The sets of columns that tell the rows of a table apart; none where any row may stand twice. */
const IDENTITY: Readonly<Record<Table, readonly (readonly string[])[]>> = {
  user: [['id'], ['name']],
  friend: [['userid', 'friendid']],
  allgroup: [['id'], ['groupname']],
  groupuser: [['groupid', 'userid']],
  offlinemessage: [],
};

/** Tables whose `id` the database gives out itself. */
const NUMBERED: readonly Table[] = ['user', 'allgroup'];

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isNumbered: boolean;
  /** An insert must give it a value. */
  readonly isNeeded: boolean;
}

interface Key {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The keys of forks that keep rows out of the tables. */
export async function findKeyProblems(
  connection: Connection,
  names: PresentNames['names'],
): Promise<KeyProblem[]> {
  const problems: KeyProblem[] = [];
  for (const [table, own] of Object.entries(names) as [Table, Record<string, string>][]) {
    const named = own.table ?? '';
    const columns = await readColumns(connection, named);
    const keys = await readKeys(connection, named);
    problems.push(
      ...keys
        .filter((key) => isNarrow(table, own, key, columns))
        .map((key) => narrow(named, own, table, key)),
      ...missingDefaults(table, own, columns),
    );
  }
  return problems;
}

async function readColumns(connection: Connection, table: string): Promise<Column[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `select column_name as name, column_type as type, extra as extra, is_nullable as nullable,
     column_default is null as bare from information_schema.columns
     where table_schema = database() and table_name = ${named(table)} order by ordinal_position`,
  );
  return rows.map(({ name, type, extra, nullable, bare }) => ({
    name: quoted(String(name)),
    type: String(type),
    isNumbered: /auto_increment/i.test(String(extra)),
    isNeeded: nullable === 'NO' && Number(bare) === 1 && !/auto_increment|generated/i.test(String(extra)),
  }));
}

async function readKeys(connection: Connection, table: string): Promise<Key[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `select index_name as name, column_name as col from information_schema.statistics
     where table_schema = database() and table_name = ${named(table)} and non_unique = 0
     order by index_name, seq_in_index`,
  );
  const keys = new Map<string, string[]>();
  for (const { name, col } of rows)
    keys.set(String(name), [...(keys.get(String(name)) ?? []), quoted(String(col))]);
  return [...keys].map(([name, columns]) => ({ name, columns }));
}

/** The name of a table, quoted as it stands in a statement, as a text of SQL. */
function named(table: string): string {
  return `0x${Buffer.from(table.slice(1, -1).replaceAll('``', '`')).toString('hex')}`;
}

/** Whether a unique key keeps out rows that differ: it has fewer columns than tell them apart. */
function isNarrow(
  table: Table,
  own: Record<string, string>,
  { columns }: Key,
  all: readonly Column[],
): boolean {
  if (all.some(({ name, isNumbered }) => isNumbered && columns.includes(name))) return false;
  return !IDENTITY[table].some((set) => set.every((column) => columns.includes(own[column] ?? '')));
}

function narrow(table: string, own: Record<string, string>, of: Table, { name, columns }: Key): KeyProblem {
  const drop = name === 'PRIMARY' ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoted(name)}`;
  const [better = []] = IDENTITY[of];
  const index = better.length > 1 ? `, ADD INDEX (${better.map((column) => own[column])})` : '';
  return {
    text: `${table} has the unique key ${quoted(name)} (${columns.join(', ')}): a second row with the same value is refused`,
    statement: `ALTER TABLE ${table} ${drop}${index}`,
  };
}

function missingDefaults(
  table: Table,
  own: Record<string, string>,
  columns: readonly Column[],
): KeyProblem[] {
  const given = Object.values(own);
  return columns.flatMap(({ name, type, isNeeded }) => {
    if (!isNeeded) return [];
    const what = `${own.table}.${name}`;
    if (name === own.id && NUMBERED.includes(table))
      return {
        text: `${what} is not numbered by the database: no row can be added`,
        statement: `ALTER TABLE ${own.table} MODIFY ${name} ${type} NOT NULL AUTO_INCREMENT`,
      };
    if (given.includes(name)) return [];
    return {
      text: `${what} has no default: no row can be added`,
      statement: `ALTER TABLE ${own.table} MODIFY ${name} ${type} NULL`,
    };
  });
}
