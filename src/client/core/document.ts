import { shallow } from './nesting.js';

/** A message as it travels: a flat JSON object. */
export type Document = Record<string, unknown>;

/** The JSON object in a text; undefined where there is none. A value that nests too deep is null in it. */
export function readDocument(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(shallow(text));
    return isDocument(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is a JSON object. */
export function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A flat document as the original client sends it, keys sorted (PROTOCOL.md section 2). Halves of surrogate pairs become U+FFFD, as wherever text becomes UTF-8: the server would drop the message without a word.
 */
export function writeDocument(document: Document): string {
  const sorted = Object.keys(document).sort();
  const values = sorted.map((key) => [key, whole(document[key])]);
  return JSON.stringify(Object.fromEntries(values));
}

function whole(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value;
}
