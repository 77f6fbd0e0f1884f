import { COLUMNS, TABLES, type Table } from '../../store/tables.js';

export { COLUMNS, TABLES, type Table };

/** A stored value. Text is the stored bytes read as UTF-8, or `hex` where they are not UTF-8. */
export type Cell = number | string | null | { readonly hex: string };
export type Row = Readonly<Record<string, Cell>>;

export type Tables = Readonly<Record<Table, readonly Row[]>>;

export function isText(column: string): boolean {
  return !column.endsWith('id');
}

/** The same rows in one defined order. Stored messages stay in theirs, which is part of what is tested. */
export function inOrder(tables: Tables): Tables {
  const sorted = (table: Table): readonly Row[] =>
    table === 'offlinemessage' ? tables[table] : [...tables[table]].sort(byColumns(COLUMNS[table]));
  return Object.fromEntries(TABLES.map((table) => [table, sorted(table)])) as Tables;
}

function byColumns(columns: readonly string[]): (a: Row, b: Row) => number {
  const order = (a: Row, b: Row, column: string) => {
    const [left, right] = [a[column], b[column]];
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
  };
  return (a, b) => columns.map((column) => order(a, b, column)).find((result) => result !== 0) ?? 0;
}
