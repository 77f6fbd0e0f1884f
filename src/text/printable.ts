/**
 * Characters that move the cursor, end a line, or turn or hide their neighbours: control characters (C0, DEL, C1), line
 * separators, marks of direction and other invisible ones, halves of pairs. The two joiners and the selectors of a form
 * stay: they are part of words and of emoji.
 */
const HARMFUL =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200c|\u200d|\p{Variation_Selector})[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** The most characters of a foreign text that are shown unless more are asked for. */
const MOST = 200;

/**
 * A text that somebody else wrote, for a line that a person reads: on a terminal, in the log, on a page. Without
 * this it could end the line and forge the next one, wipe the screen, or turn what stands behind it around.
 *
 * @param most of its characters (UTF-16 units) are shown; of a longer one is told how long it is
 * @returns the text with each harmful character as its number: `\u001b`, `\u{e0041}`
 */
export function printable(text: string, most = MOST): string {
  if (text.length <= most && !HARMFUL.test(text)) return text;
  let shown = '';
  let read = 0;
  for (const character of text.slice(0, most + 1)) {
    const piece = HARMFUL.test(character) ? numbered(character) : character;
    if (shown.length + piece.length > most) break;
    shown += piece;
    read += character.length;
  }
  return read === text.length ? shown : `${shown}… (${text.length} characters)`;
}

/** The same for a text of several lines, each of which somebody else wrote. */
export function printableLines(text: string, most = MOST): string {
  return text
    .split('\n')
    .map((line) => printable(line, most))
    .join('\n');
}

function numbered(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}
