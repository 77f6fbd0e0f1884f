import type { Request } from '../protocol/dialect.js';
import {
  type FieldNames,
  INT_FIELDS,
  type IntField,
  SEQ,
  TEXT_FIELDS,
  type TextField,
} from '../protocol/fields.js';
import { ACK, REQUESTS, type Verb } from '../protocol/verbs.js';
import { claimsOf } from './claims.js';
import type { DialectFile } from './file.js';
import { changeOf } from './passed-on.js';

/** The requests of a dialect by their numbers, and where a scan finds their fields. */
export interface Requests {
  readonly byNumber: ReadonlyMap<number, Request>;
  /** The names of fields unless the kind of the request has others. */
  readonly fields: FieldNames;
  readonly scanned: readonly string[];
}

/**
 * Prepares the reading of requests.
 *
 * @param mayBeAbsent whether a request may come without an id
 */
export function requestsOf(file: DialectFile, mayBeAbsent: boolean): Requests {
  const scanned: string[] = [];
  const fields = fieldNames(file, {}, scanned, mayBeAbsent);
  const byNumber = new Map<number, Request>();
  for (const verb of REQUESTS) {
    const number = file.requests?.[verb];
    if (number != null) byNumber.set(number, request(file, verb, fields, scanned, mayBeAbsent));
  }
  return { byNumber, fields, scanned };
}

function request(
  file: DialectFile,
  verb: Verb,
  common: FieldNames,
  scanned: string[],
  mayBeAbsent: boolean,
): Request {
  const { requestFields, by, relay, passedOn } = file.verbs?.[verb] ?? {};
  const plain = {
    verb,
    fields: requestFields === undefined ? common : fieldNames(file, requestFields, scanned, mayBeAbsent),
    byName: by === 'name',
    relayed: relay ?? false,
    change: passedOn && changeOf(passedOn, file.typeKey ?? 'msgid'),
  };
  const has = (reply: typeof verb | typeof ACK) => file.replies?.[reply] != null;
  const mayBeNumbered = (verb === 'chat' || verb === 'groupChat') && has(ACK);
  return {
    ...plain,
    reply: has(verb) ? verb : undefined,
    isNumbered: false,
    numbered: mayBeNumbered ? { ...plain, reply: ACK, isNumbered: true, numbered: undefined } : undefined,
  };
}

/** @param scanned the names that the scan looks for; new ones are added */
function fieldNames(
  file: DialectFile,
  own: NonNullable<DialectFile['requestFields']>,
  scanned: string[],
  mayBeAbsent: boolean,
): FieldNames {
  const names = { msgid: file.typeKey, ...file.requestFields, ...own };
  const namesOf = (field: IntField | TextField) => [names[field] ?? field].flat();
  const ints = INT_FIELDS.map((field) => {
    const list = namesOf(field);
    const places = list.map((name) => place(name, scanned));
    return [field, { names: list, places, first: places[0] }];
  });
  const texts = TEXT_FIELDS.map((field) => [
    field,
    { names: namesOf(field), absent: file.defaults?.[field] },
  ]);
  const isTaken = [...INT_FIELDS, ...TEXT_FIELDS].some((field) => namesOf(field).includes(SEQ));
  const seq = isTaken ? undefined : place(SEQ, scanned);
  const fields = { ints: Object.fromEntries(ints), texts: Object.fromEntries(texts), seq };
  return { ...fields, claims: claimsOf(file, fields, mayBeAbsent) };
}

function place(name: string, scanned: string[]): number {
  if (!scanned.includes(name)) scanned.push(name);
  return scanned.indexOf(name);
}
