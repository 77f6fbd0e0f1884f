/** A directive of nginx: its name, its arguments, and the directives in its block if it has one. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
}

/** Deeper than any block of nginx; a recursion goes into each. */
const DEEPEST = 32;

/** A comment, a quoted word, a mark, or a word up to a blank or mark; a backslash takes the next character as it is. */
const TOKEN =
  /#[^\n]*|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[{};]|(?:\\[\s\S]|\$\{\w*\}|[^\s{};\\])+/g;

/** Reads the text of a configuration. Throws an Error with one line for a text that is none. */
export function parseNginx(text: string): Directive[] {
  const tokens = (text.match(TOKEN) ?? []).filter((token) => !token.startsWith('#'));
  let at = 0;
  const block = (depth: number): Directive[] => {
    if (depth > DEEPEST) throw new Error(`has blocks more than ${DEEPEST} deep`);
    const isInner = depth > 0;
    const found: Directive[] = [];
    for (let words: string[] = []; at < tokens.length; ) {
      const token = tokens[at++] ?? '';
      if (token === '}' && isInner && words.length === 0) return found;
      if (token === '}') throw new Error('has a } too many, or lacks a ;');
      if (token !== ';' && token !== '{') {
        words.push(unquoted(token));
        continue;
      }
      const [name = '', ...args] = words;
      found.push(token === ';' ? { name, args } : { name, args, block: block(depth + 1) });
      words = [];
    }
    if (isInner) throw new Error('lacks a }');
    return found;
  };
  return block(0);
}

function unquoted(token: string): string {
  const inner = /^(["'])([\s\S]*)\1$/.exec(token)?.[2] ?? token;
  return inner.replaceAll(/\\([\s\S])/g, '$1');
}
