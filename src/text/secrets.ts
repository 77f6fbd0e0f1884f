/**
 * A value that somebody gave, for a message: user, password and query of a URL, and what stands before an `@`, are left
 * out, whether it is a valid URL or not. A URL may have come into the place of anything.
 */
export function redacted(value: string): string {
  const [, scheme, rest = ''] = /^(.*?\w+:\/\/)(.*)$/s.exec(value) ?? [];
  if (scheme === undefined) return value.replace(/^.*@/s, '***@');
  const [place = ''] = rest.split('?');
  const at = place.lastIndexOf('@');
  return at === -1 ? `${scheme}***` : `${scheme}***@${place.slice(at + 1)}`;
}

/** A text with such values in it: of each URL user, password and query are left out. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/(\w+:\/\/)(?!user:password@)[^\s/]*@/g, '$1***@')
    .replace(/(\w+:\/\/[^\s?]*\?)\S+/g, '$1***');
}
