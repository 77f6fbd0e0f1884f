import { type Cell, COLUMNS, inOrder, isText, type Row, TABLES, type Table, type Tables } from './tables.js';

/** One connection to a database that holds the tables of chat.sql. */
export interface Driver {
  /** Runs a query; text columns come as the upper-case hex of their stored bytes. */
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Empties the tables and resets what they count ids with, then runs the inserts. */
  refill(inserts: readonly Insert[]): Promise<void>;
  close(): Promise<void>;
}

export interface Insert {
  readonly sql: string;
  /** Numbers, nulls and stored bytes. */
  readonly values: readonly (number | null | Buffer)[];
}

/** The rows of a chat database, seen and set from beside the servers that use it. */
export class Database {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  /** Makes these the only rows. Ids that are given out next follow the highest one. */
  async seed(tables: Partial<Tables>): Promise<void> {
    const inserts = TABLES.flatMap((table) => (tables[table] ?? []).map((row) => insert(table, row)));
    await this.#driver.refill(inserts);
  }

  /** All rows, in the order of inOrder(). */
  async rows(): Promise<Tables> {
    const entries: [Table, Row[]][] = [];
    for (const table of TABLES) entries.push([table, await this.#read(table)]);
    return inOrder(Object.fromEntries(entries) as Record<Table, Row[]>);
  }

  /** The ids of the users that are online. */
  async online(): Promise<number[]> {
    const users = await this.#read('user');
    return users.filter((user) => user.state === 'online').map((user) => Number(user.id));
  }

  async close(): Promise<void> {
    await this.#driver.close();
  }

  async #read(table: Table): Promise<Row[]> {
    const columns = COLUMNS[table];
    const asHex = (column: string) =>
      `case when ${column} is null then null else hex(${column}) end as ${column}`;
    const selected = columns.map((column) => (isText(column) ? asHex(column) : column));
    const rows = await this.#driver.rows(`select ${selected.join(', ')} from \`${table}\``);
    return rows.map((row) =>
      Object.fromEntries(columns.map((column) => [column, read(column, row[column])])),
    );
  }
}

function insert(table: Table, row: Row): Insert {
  const columns = Object.keys(row);
  const marks = columns.map(() => '?').join(', ');
  return {
    sql: `insert into \`${table}\` (${columns.join(', ')}) values (${marks})`,
    values: columns.map((column) => written(row[column] ?? null)),
  };
}

function written(cell: Cell): number | null | Buffer {
  if (typeof cell === 'string') return Buffer.from(cell);
  if (typeof cell === 'object' && cell !== null) return Buffer.from(cell.hex, 'hex');
  return cell;
}

function read(column: string, value: unknown): Cell {
  if (value === null) return null;
  if (!isText(column)) return Number(value);
  const bytes = Buffer.from(String(value), 'hex');
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : { hex: bytes.toString('hex') };
}
