import { eastAsianWidth } from 'get-east-asian-width';

/** Where a terminal's cursor stands behind a text, from the text's first row on. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** Columns of one character: two for wide ones, none for those that join the one before. */
function width(character: string): number {
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0;
  return eastAsianWidth(character.codePointAt(0) ?? 0);
}

/** The rows of a text on a terminal of `columns`. A wide character is never cut. */
export function wrap(text: string, columns: number): string[] {
  const rows: string[] = [];
  let row = '';
  let used = 0;
  for (const character of text) {
    const needed = width(character);
    if (used + needed > columns && used > 0) {
      rows.push(row);
      [row, used] = ['', 0];
    }
    row += character;
    used += needed;
  }
  return [...rows, row];
}

/** The place behind a text. Behind a full row it is the start of the next one. */
export function placeBehind(text: string, columns: number): Place {
  const rows = wrap(text, columns);
  const column = [...(rows.at(-1) ?? '')].reduce((sum, character) => sum + width(character), 0);
  return column < columns ? { row: rows.length - 1, column } : { row: rows.length, column: 0 };
}
