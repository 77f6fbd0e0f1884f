/** The part before the path where a target names its host, as one through a proxy does. */
const AUTHORITY = /^https?:\/\/[^/?#]*/i;

/** The words of a target's path. Takes any text: a stranger chooses it. */
export function wordsOf(target: string): readonly [word: string, ...rest: string[]] {
  const [path = ''] = target.replace(AUTHORITY, '').split(/[?#]/, 1);
  const [, word = '', ...rest] = path.split('/');
  return [word, ...rest];
}
