import { type Document, readDocument } from '../../client/core/document.js';
import { numberOf, textOf } from '../../client/core/foreign.js';
import type { Dialect, Request } from '../../protocol/dialect.js';
import type { IntField, TextField } from '../../protocol/fields.js';
import { spansIn } from '../spans.js';

/** A request of a client, read by what its dialect calls things. */
export interface Asked {
  readonly request: Request;
  readonly document: Document;
}

/** The request in a text; undefined when it is none of the dialect. */
export function askedIn(text: string, dialect: Dialect): Asked | undefined {
  const document = readDocument(text);
  const names = dialect.fields.ints.msgid.names;
  const number = numberOf(names.map((name) => document?.[name]).find((value) => value !== undefined));
  const request = dialect.requests.get(number);
  return document && request && { request, document };
}

/** All requests in the bytes of a client. */
export function requestsIn(bytes: Buffer, dialect: Dialect): Asked[] {
  const texts = spansIn(bytes, dialect.framing.in).map(([start, end]) => bytes.toString('utf8', start, end));
  return texts.flatMap((text) => askedIn(text, dialect) ?? []);
}

/** An int field of a request; NaN when it has none. */
export function intOf({ request, document }: Asked, field: IntField): number {
  return numberOf(first(document, request.fields.ints[field].names));
}

/** A text field of a request; '' when it has none. */
export function fieldOf({ request, document }: Asked, field: TextField): string {
  return textOf(first(document, request.fields.texts[field].names));
}

function first(document: Document, names: readonly string[]): unknown {
  return names.map((name) => document[name]).find((value) => value !== undefined) ?? '';
}
