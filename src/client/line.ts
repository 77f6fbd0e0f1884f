/** The receiver of a line's message. */
export interface Addressed {
  readonly kind: 'user' | 'group';
  readonly id: number;
}

/** The separator of a command's parts: a colon, also the full-width one of Chinese keyboards. */
const COLONS = /[:：]/;

/** A line of a logged in user. */
export interface Line {
  /** The command, without the slash that may stand before it, whatever width its letters have. */
  readonly name: string;
  /** The text behind the first colon. */
  readonly rest: string;
  /** The colon that the user types. */
  readonly colon: string;
}

export function readLine(line: string): Line {
  const [name, rest = ''] = cut(line);
  return { name: word(name), rest, colon: line.charAt(name.length) };
}

/**
 * A word as it is meant: letters and digits of the width of Chinese keyboards are ordinary ones, and a slash before it,
 * or what these keyboards give for one, is none of it.
 */
export function word(text: string): string {
  return text
    .normalize('NFKC')
    .trim()
    .replace(/^[/、]/, '');
}

/** Cuts a text at its first colon. The second part is undefined when there is none. */
export function cut(text: string, colons: string | RegExp = COLONS): [string, string | undefined] {
  const at = text.search(colons);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The text behind a command: a name, which may hold a full-width colon where the line is one of ordinary ones. */
export function nameAndMore({ rest, colon }: Line): [string, string | undefined] {
  return colon === ':' && rest.includes(':') ? cut(rest, ':') : cut(rest);
}

/** The id in a text: a whole number that fits the server's 32 bits, else undefined. */
export function readId(typed: string): number | undefined {
  const text = typed.normalize('NFKC');
  const id = /^\s*-?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  return id === (id | 0) ? id | 0 : undefined;
}
