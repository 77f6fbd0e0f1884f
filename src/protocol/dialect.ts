import type { GivenTables } from '../store/tables.js';
import type { FieldNames } from './fields.js';
import type { Change } from './message.js';
import type { Replies } from './replies.js';
import type { Reply, Verb } from './verbs.js';

/** The bytes around a document on the wire. `length`: four bytes before it, its length, highest byte first. */
export const FRAMINGS = ['none', 'nul', 'lf', 'length'] as const;
export type Framing = (typeof FRAMINGS)[number];

/** The request that a number stands for, and how to read it. */
export interface Request {
  readonly verb: Verb;
  readonly fields: FieldNames;
  /** The reply that every client gets to it; undefined: none. */
  readonly reply: Reply | undefined;
  /** It has a number, and its sender is told the outcome. */
  readonly isNumbered: boolean;
  /** The same request where the document has a field `seq`; undefined where that makes no difference. */
  readonly numbered: Request | undefined;
  /** Users are meant by their names. */
  readonly byName: boolean;
  /** The change of the document before it goes to others; undefined: none. */
  readonly change: Change | undefined;
  /** The document itself goes to the user it is about as well. */
  readonly relayed: boolean;
}

/** How the clients of a fork speak: nothing else in the server knows a number or a name of the wire. */
export interface Dialect {
  readonly name: string;
  /** The same for dialects that say the same, whatever they are called. */
  readonly fingerprint: string;
  /** Possible mistakes in its file: a line for each, to be told at the start. */
  readonly doubts: readonly string[];
  /** By the number of the request. */
  readonly requests: ReadonlyMap<number, Request>;
  /** The names of fields as long as the kind of the request is not known. */
  readonly fields: FieldNames;
  /** The names that a scan looks for, at the places that the fields tell. */
  readonly scanned: readonly string[];
  readonly replies: Replies;
  readonly framing: { readonly in: Framing; readonly out: Framing };
  /** How many bytes the client reads at once, and takes for one document; undefined for one who reads a stream. */
  readonly buffer: number | undefined;
  /** A request without an id comes from the one user logged in on its connection. */
  readonly idMayBeAbsent: boolean;
  /** A user who adds a friend becomes a friend of it, too. */
  readonly friendBothWays: boolean;
  /** A login ends the one that the account has elsewhere. */
  readonly takeover: boolean;
  /** The most characters of a password, where the tables are ours. */
  readonly passwordLength: number;
  /** The names of the tables of a MySQL database. */
  readonly tables: GivenTables;
  /** The names that the text of a chat may have, the likeliest first. */
  readonly texts: readonly string[];
  /**
   * All that clients must know, in the form of a dialect file, with all that it takes from the dialect that it
   * extends.
   */
  readonly spoken: object;
  /** Where stored messages go: into the reply to a login, or one by one around it. */
  readonly stored: 'inside' | 'before' | 'after';
}
