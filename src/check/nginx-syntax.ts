/** A directive of nginx: its name, what follows, and what is in its block if it has one. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
}

/** A comment, a quoted word, a mark, or a word up to a blank or mark; a backslash takes the next character as it is. */
const TOKEN =
  /#[^\n]*|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[{};]|(?:\\[\s\S]|\$\{[^}]*\}|[^\s{};\\])+/g;

/** Reads the text of a configuration. Throws an Error with one line for what is none. */
export function parseNginx(text: string): Directive[] {
  const tokens = (text.match(TOKEN) ?? []).filter((token) => !token.startsWith('#'));
  let at = 0;
  const block = (isInner: boolean): Directive[] => {
    const found: Directive[] = [];
    for (let words: string[] = []; at < tokens.length; ) {
      const token = tokens[at++] ?? '';
      if (token === '}' && isInner && words.length === 0) return found;
      if (token === '}') throw new Error('has a } too many, or lacks a ;');
      const [name = '', ...args] = words;
      if (token === ';') found.push({ name, args });
      else if (token === '{') found.push({ name, args, block: block(true) });
      else {
        words.push(unquoted(token));
        continue;
      }
      words = [];
    }
    if (isInner) throw new Error('lacks a }');
    return found;
  };
  return block(false);
}

function unquoted(token: string): string {
  const inner = /^(["'])([\s\S]*)\1$/.exec(token)?.[2] ?? token;
  return inner.replaceAll(/\\([\s\S])/g, '$1');
}
