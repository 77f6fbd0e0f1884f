import type { Socket } from 'node:net';
import mysql, { type Connection, type ResultSetHeader, type RowDataPacket } from 'mysql2';
import { whenLate } from '../../net/silence.js';
import { isForgotten, isUnderstood, NoAnswer, ReadOnly, TooLong } from './failure.js';
import type { Host } from './hosts.js';
import { isReadOnlyServer, READ_ONLY } from './server.js';
import { asBytes, type Charset } from './text.js';
import { address } from './tls.js';

/** A value for a `?`: an int, a text in the connection's charset, or bytes that are no text. */
export type Value = number | string | Buffer;
export type Row = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly rows: readonly Row[];
  /** Rows found by an update, or inserted, or deleted. */
  readonly affected: number;
  readonly insertId: number;
}

/** Runs one statement: prepared if it has values. Rejects with the driver's error, NoAnswer or TooLong. */
export type Ask = (sql: string, values?: readonly Value[]) => Promise<Reply>;

export interface LinkOptions {
  readonly charset: Charset;
  /** How long a statement may take, in ms. */
  readonly patience: number;
}

/** Where to connect, and how. */
export interface Target extends LinkOptions {
  readonly host: Host;
  /** How long the connect may take, in ms. */
  readonly soon: number;
  /** Whether a server that takes no changes will not do: there are others. */
  readonly writable: boolean;
}

/** The driver would send ids as doubles. Taken out once: it is a getter, and no named export. */
const { INT } = mysql.TypedParameter;

/** The most statements a connection keeps prepared: batches come in many sizes. */
const PREPARED = 100;

/** A connection is found dead after this time without traffic, in ms, also when a firewall between has forgotten it. */
const KEEP_ALIVE = 30_000;

/**
 * The settings that our statements rely on, whatever the defaults of the server and the account are: each change is
 * kept at once, names are refused rather than cut, and nobody waits long for a row or a table that others have
 * locked. A connection that a firewall has forgotten ends soon, with its locks; an idle one is opened again when
 * needed.
 */
const SETTINGS = [
  'set session transaction isolation level repeatable read, read write',
  `set autocommit = 1, sql_safe_updates = 0, sql_select_limit = 18446744073709551615,
   innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, wait_timeout = 20, group_concat_max_len = 65536,
   sql_mode = concat(@@sql_mode, ',STRICT_TRANS_TABLES')`,
];

/** A packet holds at most this many bytes besides a statement and the bytes of its values. */
const HEADER = 64;
const PER_VALUE = 16;

/** One connection to the database, ready to speak bytes in its charset. */
export class Link {
  readonly #connection: Connection & { readonly stream: Socket };
  readonly #patience: number;
  readonly host: Host;
  #broken = false;
  #packet = Number.POSITIVE_INFINITY;

  /** Connects. Rejects with the driver's error, NoAnswer or ReadOnly. */
  static async open(target: Target): Promise<Link> {
    const link = new Link(target);
    try {
      await link.#connected();
      await link.#prepare(target);
    } catch (error) {
      link.destroy();
      throw error;
    }
    return link;
  }

  private constructor({ host, patience, soon }: Target) {
    // The recipe of PROTOCOL.md section 7: latin1 passes bytes as they are, and the driver must not follow
    // SET NAMES.
    const connection = mysql.createConnection({
      ...address(host.url),
      charset: 'LATIN1_SWEDISH_CI',
      flags: ['-SESSION_TRACK', '-LOCAL_FILES'],
      connectTimeout: soon,
      keepAliveInitialDelay: KEEP_ALIVE,
      maxPreparedStatements: PREPARED,
      // Only for statements without values: prepared ones are always alone.
      multipleStatements: true,
      queryFormat: (sql) => sql,
    });
    this.#connection = connection as Connection & { readonly stream: Socket };
    this.#patience = patience;
    this.host = host;
    const broken = () => {
      this.#broken = true;
    };
    connection.on('error', broken).on('end', broken);
  }

  /** True once the connection is lost or was given up. */
  get broken(): boolean {
    return this.#broken;
  }

  /** How many bytes the server takes in one packet. */
  get packet(): number {
    return this.#packet;
  }

  readonly ask: Ask = async (sql, values) => {
    const bounds = values?.map(bound) ?? [];
    if (sql.length + bytesIn(bounds) > this.#packet)
      throw new TooLong(`the database takes no more than ${this.#packet} bytes at once`);
    return reply(
      await this.#understood(values === undefined ? this.#query(sql) : this.#execute(sql, bounds)),
    );
  };

  /** Runs statements that have no values, all in one go and within `patience` ms: the first that fails ends it. */
  readonly askAll = async (
    statements: readonly string[],
    patience = this.#patience,
  ): Promise<readonly Reply[]> => {
    const query = <T>() => this.#understood(this.#query<T>(statements.join(';'), patience));
    // The driver gives the answer to a single one by itself.
    return statements.length === 1 ? [reply(await query<Result>())] : (await query<Result[]>()).map(reply);
  };

  /** Gives the connection up at once. */
  destroy(): void {
    this.#broken = true;
    this.#connection.destroy();
    this.#connection.stream.destroy();
  }

  /** Says goodbye. Resolves when the server has closed the connection, or has not in time. */
  close(): Promise<void> {
    if (this.#broken) {
      this.destroy();
      return Promise.resolve();
    }
    this.#broken = true;
    const timer = setTimeout(() => this.destroy(), this.#patience);
    return new Promise((resolve) => {
      this.#connection.stream.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#connection.end();
    });
  }

  #connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.connect((error) => (error === null ? resolve() : reject(error)));
    });
  }

  async #prepare({ charset, writable }: Target): Promise<void> {
    const packet = 'select @@max_allowed_packet as packet';
    const answers = await this.askAll([`set names ${charset}`, ...SETTINGS, packet]);
    this.#packet = Number(answers.at(-1)?.rows[0]?.packet);
    if (writable && isReadOnlyServer((await this.ask(READ_ONLY)).rows[0]))
      throw new ReadOnly('the server is read-only');
  }

  #query<T = Result>(sql: string, patience?: number): Promise<T> {
    return this.#answer((answered) => this.#connection.query(sql, answered), patience);
  }

  /** Prepares a statement anew, once, that the server has forgotten. */
  async #execute(sql: string, bounds: ReturnType<typeof bound>[]): Promise<Result> {
    const run = () => this.#answer<Result>((answered) => this.#connection.execute(sql, bounds, answered));
    try {
      return await run();
    } catch (error) {
      if (!isForgotten(error)) throw error;
      this.#connection.unprepare(sql);
      return run();
    }
  }

  /** The same answer; after an error that nobody understands the connection is not used again. */
  async #understood<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!isUnderstood(error)) this.destroy();
      throw error;
    }
  }

  #answer<T>(
    query: (answered: (error: Error | null, result: never) => void) => unknown,
    patience = this.#patience,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const answered = whenLate(this.#connection.stream, patience, () => {
        this.destroy();
        reject(new NoAnswer(`no answer in ${patience} ms`));
      });
      query((error, result) => {
        answered();
        if (error === null) resolve(result);
        else reject(error);
      });
    });
  }
}

type Result = RowDataPacket[] | ResultSetHeader;

function bound(value: Value) {
  if (typeof value === 'number') return INT(value);
  return typeof value === 'string' ? asBytes(value) : value;
}

function bytesIn(values: readonly ReturnType<typeof bound>[]): number {
  const bytes = (value: ReturnType<typeof bound>) =>
    PER_VALUE + (typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 0);
  return values.reduce((sum: number, value) => sum + bytes(value), HEADER);
}

function reply(result: Result): Reply {
  if (Array.isArray(result)) return { rows: result, affected: 0, insertId: 0 };
  return { rows: [], affected: result.affectedRows, insertId: result.insertId };
}
