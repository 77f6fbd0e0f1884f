import type { GivenTables } from '../store/tables.js';
import type { FieldNames } from './fields.js';
import type { Change } from './message.js';
import type { Replies } from './replies.js';
import type { Verb } from './verbs.js';

/** What stands around a document on the wire. `length`: four bytes before it, its length, highest byte first. */
export const FRAMINGS = ['none', 'nul', 'lf', 'length'] as const;
export type Framing = (typeof FRAMINGS)[number];

/** What a number in a request asks for, and how to read it. */
export interface Request {
  readonly verb: Verb;
  readonly fields: FieldNames;
  /** Users are meant by their names. */
  readonly byName: boolean;
  /** What happens to the document before it goes to others; undefined: nothing. */
  readonly change: Change | undefined;
  /** The document itself goes to the user it is about as well. */
  readonly relayed: boolean;
}

/** How the clients of a fork speak: nothing else in the server knows a number or a name of the wire. */
export interface Dialect {
  readonly name: string;
  /** The same for dialects that say the same, whatever they are called. */
  readonly fingerprint: string;
  /** What of its file may be a mistake: a line for each, to be told at the start. */
  readonly doubts: readonly string[];
  /** By the number that says what a request is. */
  readonly requests: ReadonlyMap<number, Request>;
  /** What fields are called as long as the kind of the request is not known. */
  readonly fields: FieldNames;
  /** The names that a scan looks for, at the places that the fields tell. */
  readonly scanned: readonly string[];
  readonly replies: Replies;
  readonly framing: { readonly in: Framing; readonly out: Framing };
  /** How many bytes the client reads at once, and takes for one document; undefined for one who reads a stream. */
  readonly buffer: number | undefined;
  /** A request without an id comes from the one user logged in on its connection. */
  readonly idMayBeAbsent: boolean;
  /** Who adds a friend becomes a friend of it, too. */
  readonly friendBothWays: boolean;
  /** A login ends the one that the account has elsewhere. */
  readonly takeover: boolean;
  /** The most characters of a password, where the tables are ours. */
  readonly passwordLength: number;
  /** What the tables of a MySQL database are called. */
  readonly tables: GivenTables;
  /** What the text of a chat may be called, the likeliest first. */
  readonly texts: readonly string[];
  /** All that clients must know, as a dialect file says it: what was not said is as in the dialect that it extends. */
  readonly spoken: object;
  /** Where stored messages go: into the reply to a login, or one by one around it. */
  readonly stored: 'inside' | 'before' | 'after';
}
