/** A message as it travels: a flat JSON object. */
export type Document = Record<string, unknown>;

/** The JSON object in a text; undefined where there is none. */
export function readDocument(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Document) : undefined;
  } catch {
    return undefined;
  }
}

/** A flat document as the original client sends it: keys sorted, a NUL behind it (PROTOCOL.md section 2). */
export function writeDocument(document: Document): string {
  return `${JSON.stringify(document, Object.keys(document).sort())}\0`;
}
