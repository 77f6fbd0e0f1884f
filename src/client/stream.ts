const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Cuts the server's stream into documents. The server ends them with nothing (PROTOCOL.md section 2), so
 * braces outside strings are counted.
 *
 * Returns a function that takes the bytes of each read and returns the texts of the objects they complete.
 * Bytes between objects are skipped.
 */
export function documentStream(): (chunk: Buffer) => string[] {
  let held: Buffer[] = [];
  let depth = 0;
  let inString = false;
  let escaped = false;

  /** Moves over one byte inside an object. */
  function step(byte: number): void {
    if (escaped) escaped = false;
    else if (inString && byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) inString = !inString;
    else if (inString) return;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE) depth--;
  }

  return (chunk) => {
    const documents: string[] = [];
    let start = 0;
    for (const [at, byte] of chunk.entries()) {
      if (depth === 0) {
        if (byte !== OPEN) continue;
        start = at;
      }
      step(byte);
      if (depth > 0) continue;
      documents.push(Buffer.concat([...held, chunk.subarray(start, at + 1)]).toString());
      held = [];
    }
    if (depth > 0) held.push(chunk.subarray(start));
    return documents;
  };
}
