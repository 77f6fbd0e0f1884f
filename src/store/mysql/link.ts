import type { Socket } from 'node:net';
import mysql, { type Connection, type ResultSetHeader, type RowDataPacket } from 'mysql2';
import { NoAnswer } from './failure.js';
import { asBytes, type Charset } from './text.js';

/** A value for a `?`: an int, a text in the connection's charset, or bytes that are no text. */
export type Value = number | string | Buffer;
export type Row = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly rows: readonly Row[];
  /** Rows found by an update, or inserted, or deleted. */
  readonly affected: number;
  readonly insertId: number;
}

/** Runs one statement: prepared if it has values. Rejects with the driver's error, or NoAnswer. */
export type Ask = (sql: string, values?: readonly Value[]) => Promise<Reply>;

export interface LinkOptions {
  readonly url: string;
  readonly charset: Charset;
  /** How long a connect or a statement may take, in ms. */
  readonly patience: number;
}

/** The driver would send ids as doubles. Taken out once: it is a getter, and no named export. */
const { INT } = mysql.TypedParameter;

/** The most statements a connection keeps prepared: batches come in many sizes. */
const PREPARED = 100;

/** Found dead after so many ms without traffic, also when a firewall between has forgotten the connection. */
const KEEP_ALIVE = 30_000;

/** One connection to the database, ready to speak bytes in its charset. */
export class Link {
  readonly #connection: Connection & { readonly stream: Socket };
  readonly #patience: number;
  #broken = false;

  /** Connects. Rejects with the driver's error, or NoAnswer. */
  static async open(options: LinkOptions): Promise<Link> {
    const link = new Link(options);
    try {
      await link.#connected();
      await link.ask(`set names ${options.charset}`);
    } catch (error) {
      link.destroy();
      throw error;
    }
    return link;
  }

  private constructor({ url, patience }: LinkOptions) {
    // The recipe of PROTOCOL.md section 7: latin1 passes bytes as they are, and the driver must not follow
    // SET NAMES.
    const connection = mysql.createConnection({
      uri: url,
      charset: 'LATIN1_SWEDISH_CI',
      flags: ['-SESSION_TRACK', '-LOCAL_FILES'],
      connectTimeout: patience,
      keepAliveInitialDelay: KEEP_ALIVE,
      maxPreparedStatements: PREPARED,
    });
    this.#connection = connection as Connection & { readonly stream: Socket };
    this.#patience = patience;
    const broken = () => {
      this.#broken = true;
    };
    connection.on('error', broken).on('end', broken);
  }

  /** True once the connection is lost or was given up. */
  get broken(): boolean {
    return this.#broken;
  }

  readonly ask: Ask = (sql, values) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.destroy();
        reject(new NoAnswer(`no answer in ${this.#patience} ms`));
      }, this.#patience);
      const answered = (error: Error | null, result: RowDataPacket[] | ResultSetHeader) => {
        clearTimeout(timer);
        if (error === null) resolve(reply(result));
        else reject(error);
      };
      if (values === undefined) this.#connection.query(sql, answered);
      else this.#connection.execute(sql, values.map(bound), answered);
    });

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
}

function bound(value: Value) {
  if (typeof value === 'number') return INT(value);
  return typeof value === 'string' ? asBytes(value) : value;
}

function reply(result: RowDataPacket[] | ResultSetHeader): Reply {
  if (Array.isArray(result)) return { rows: result, affected: 0, insertId: 0 };
  return { rows: [], affected: result.affectedRows, insertId: result.insertId };
}
