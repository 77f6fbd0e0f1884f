import { type Document, isDocument, readDocument } from './document.js';

/*
 * Values that came from the server, most of them written by other users: of whatever type, whatever the protocol says.
 * String() and Number() would call methods that a value brings along, and throw.
 */

/** A value as text: a string as it is, '' for a value that is not there, JSON for everything else. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? '';
}

/** A value as a number: NaN for a value that is neither a number nor a text of one. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

/** An item of a list: a JSON text, or an object as in some dialects; undefined when it is no object. */
export function itemOf(value: unknown): Document | undefined {
  if (typeof value === 'string') return readDocument(value);
  return isDocument(value) ? value : undefined;
}
