import type { Dialect, Framing } from '../protocol/dialect.js';
import { type GivenNames, mapTables } from '../store/tables.js';
import { complete, inherited } from './complete.js';
import { doubtsOf } from './doubts.js';
import type { DialectFile } from './file.js';
import { fingerprintOf } from './fingerprint.js';
import { repliesOf } from './replies.js';
import { requestsOf } from './requests.js';
import { WORDS } from './words.js';

/** Makes a dialect from a file, and from the dialect that it extends where the file is silent. */
export function compile(name: string, given: DialectFile): Dialect {
  const file = complete(given);
  const idMayBeAbsent = idMayBeAbsentIn(given);
  const { byNumber, fields, scanned } = requestsOf(file, idMayBeAbsent);
  const { in: into = 'none', out = 'none' } = file.framing ?? {};
  return {
    name: file.name ?? name,
    fingerprint: fingerprintOf(inherited(given)),
    doubts: doubtsOf(file),
    texts: file.chatFields?.msg === undefined ? WORDS.text : [file.chatFields.msg],
    spoken: spoken(file),
    requests: byNumber,
    fields,
    scanned,
    replies: repliesOf(file),
    framing: { in: into, out },
    buffer: readsStream(file, out) ? undefined : file.client?.buffer,
    idMayBeAbsent,
    friendBothWays: file.friendship === 'both ways',
    takeover: file.takeover ?? false,
    passwordLength: file.passwordLength ?? 50,
    stored: file.stored ?? 'inside',
    tables: mapTables((table) => givenNames(file.tables?.[table])),
  };
}

/** Whether a request needs no id: it is the one that its connection has logged in. */
export function idMayBeAbsentIn({ absentId = 'connection' }: DialectFile): boolean {
  return absentId === 'connection';
}

/** The file without the names of tables: clients need not know these. */
function spoken({ tables: _tables, $schema: _schema, ...file }: DialectFile): object {
  return file;
}

/** A name alone is the table's. */
function givenNames(given: string | GivenNames = {}): GivenNames {
  return typeof given === 'string' ? { table: given } : given;
}

/** Whether the client reads a stream. One that is told where a document ends can take several in one read. */
function readsStream({ client }: DialectFile, out: Framing): boolean {
  if (client?.reads !== undefined) return client.reads === 'stream';
  return out === 'lf' || out === 'length';
}
