import { COLUMNS, type Column, type GivenNames, type GivenTables, TABLES, type Table } from '../tables.js';

/** The names of a table and its columns in a database, each as it stands in a statement. */
export type Names<T extends Table = Table> = { readonly [name in Column<T> | 'table']: string };
export type AllNames = { readonly [T in Table]: Names<T> };

/** The names of chat.sql itself. */
export const CHAT_SQL = namesIn(new Map(Object.entries(COLUMNS)));

/** The columns of each table of a database, by the table's name. */
export type Found = ReadonlyMap<string, readonly string[]>;

export interface FoundColumn {
  readonly table: string;
  readonly column: string;
}

/** The columns of a database, table by table. */
export function foundIn(columns: readonly FoundColumn[]): Found {
  const found = new Map<string, string[]>();
  for (const { table, column } of columns) found.set(table, [...(found.get(table) ?? []), column]);
  return found;
}

/**
 * Finds the five tables, whatever the case and underscores of their names, and their columns likewise, or under
 * the names given. Throws an Error that says what there is instead, and what to write.
 */
export function namesIn(found: Found, given: GivenTables = {}): AllNames {
  return Object.fromEntries(TABLES.map((table) => [table, namesOf(found, table, given[table])])) as AllNames;
}

/** The names of the tables that are there, and a line for each that has not all its columns. */
export interface PresentNames {
  readonly names: { readonly [T in Table]?: Names<T> };
  readonly problems: readonly string[];
}

/** The same for a database that may lack some of them. */
export function presentIn(found: Found, given: GivenTables = {}): PresentNames {
  const names: Partial<Record<Table, Names>> = {};
  const problems: string[] = [];
  for (const table of TABLES) {
    try {
      if (tableIn(found, table, given[table]) !== undefined)
        names[table] = namesOf(found, table, given[table]);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  return { names: names as PresentNames['names'], problems };
}

/** The name of one table; undefined when there is none. Throws when there are several that it could be. */
export function tableIn(found: Found, table: Table, given: GivenNames = {}): string | undefined {
  const [name, other] = candidates([...found.keys()], given.table ?? table);
  if (other === undefined) return name;
  throw new Error(`${name} and ${other} could both be its table ${table}: ${advice(table, name)}`);
}

/** An identifier as it stands in a statement. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** The name that an identifier of a statement stands for. */
export function unquoted(identifier: string): string {
  return identifier.slice(1, -1).replaceAll('``', '`');
}

function namesOf(found: Found, table: Table, given: GivenNames = {}): Names {
  const name = tableIn(found, table, given);
  if (name === undefined) throw new Error(noTable(found, table, given));
  const columns = found.get(name) ?? [];
  const entries = COLUMNS[table].map((column) => {
    const [own] = candidates(columns, given.columns?.[column] ?? column);
    if (own === undefined) throw new Error(noColumn(name, columns, table, given.columns?.[column] ?? column));
    return [column, quoted(own)];
  });
  return { table: quoted(name), ...Object.fromEntries(entries) };
}

/** The one that is called so; where none is, those that differ by case and underscores only. */
function candidates(names: readonly string[], wanted: string): string[] {
  if (names.includes(wanted)) return [wanted];
  return names.filter((name) => folded(name) === folded(wanted));
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

function noTable(found: Found, table: Table, given: GivenNames): string {
  const missing = `it has no table ${given.table ?? table}`;
  if (found.size === 0)
    return `${missing}, nor any other: chat-server init with the same options creates them`;
  return `${missing}; there are ${[...found.keys()].join(', ')}: ${advice(table)}, or let chat-server init with the same options create it`;
}

function noColumn(name: string, columns: readonly string[], table: Table, column: string): string {
  const line = JSON.stringify({ tables: { [table]: { columns: { [column]: '…' } } } });
  return `its table ${name} has no column ${column}; there are ${columns.join(', ')}: say which one it is in a dialect file, ${line}`;
}

function advice(table: Table, name = '…'): string {
  return `say which one it is in a dialect file, ${JSON.stringify({ tables: { [table]: name } })}`;
}
