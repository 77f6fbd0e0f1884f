const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Levels that a document may nest. The server's own have three; programs walk documents recursively. */
export const MOST_NESTED = 64;

/**
 * A JSON text in which `null` stands for what nests deeper than that: any user can send a field of many thousand
 * levels, and whoever walks that recursively, as JSON.stringify does, runs out of stack.
 */
export function shallow(text: string): string {
  let depth = 0;
  let inString = false;
  /** Where a value that is too deep begins; the text before it is in `kept`. */
  let from = 0;
  let kept = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString && code === BACKSLASH) at++;
    else if (code === QUOTE) inString = !inString;
    else if (inString) continue;
    else if (isOpen(code) && ++depth === MOST_NESTED + 1) kept += text.slice(from, at);
    else if (isClose(code) && depth-- === MOST_NESTED + 1) {
      kept += 'null';
      from = at + 1;
    }
  }
  return depth > MOST_NESTED ? kept : kept + text.slice(from);
}

function isOpen(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

function isClose(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}
