/** A stranger sends this many bytes at a time: as many as a second of a slow line has. */
const SIZE = 65_536;

/** As many of a text as fit in. */
function many(text: string): string {
  return text.repeat(Math.floor(SIZE / text.length));
}

/** A document with this between its ends, as often as fits in. */
function full(start: string, part: (n: number) => string, end: string): string {
  let text = start;
  for (let n = 0; text.length + end.length + 32 < SIZE; n++) text += part(n);
  return text + end;
}

const nested = (open: string, close: string) => `${open.repeat(5000)}1${close.repeat(5000)}`;

/** Inputs that cost a server more than others, each of 64 KB: many of a kind, and large ones. */
export const COSTLY: Readonly<Record<string, string>> = {
  'empty objects': many('{}'),
  'bad documents': many('{x\0'),
  'bad lines': many('{x\n'),
  'bad lines without an end': `{"a":${many('\n').slice(9)}x`,
  garbage: many('x\0'),
  'garbage by lines': many('[]\n'),
  NULs: many('\0'),
  'blanks and NULs': many('\0\0\0\n'),
  'byte order marks': many('\u00ef\u00bb\u00bf'),
  'an unknown number': many('{"msgid":99}'),
  'no number': many('{"msgid":"6"}'),
  'a number beyond any double': many('{"msgid":1e999}'),
  'logins without fields': many('{"msgid":1}'),
  'logins of nobody': many('{"msgid":1,"id":-1,"password":""}'),
  'logins of somebody': many('{"msgid":1,"id":1,"password":"x"}'),
  'registrations without fields': many('{"msgid":4}'),
  'messages of nobody': many('{"msgid":6,"id":1,"toid":2,"msg":"x"}'),
  'messages to a group': many('{"msgid":10,"id":1,"groupid":1,"msg":"x"}'),
  'very many fields': full('{"msgid":99', (n) => `,"k${n}":1`, '}'),
  'very many fields of a few words': full('{"msgid":99', (n) => `,"_${'_'.repeat(n % 40)}id${n}":1`, '}'),
  'fields in the wrong order': full('{"msgid":4,"z":{', (n) => `"${99_999 - n}":1,`, '"a":1}}'),
  'the same field again and again': full('{"msgid":4', () => ',"msgid":4', '}'),
  'an array of numbers': full('{"msgid":4,"a":[', () => '1,', '1]}'),
  'an array of doubles': full('{"msgid":4,"a":[', () => '1.7976931348623157e308,', '1]}'),
  'an array of large numbers': full('{"msgid":4,"a":[', () => '18446744073709551615,', '1]}'),
  'an array of empty objects': full('{"msgid":4,"a":[', () => '{},', '{}]}'),
  'a long number': full('{"msgid":1,"id":', () => '9', '}'),
  'a long fraction': full('{"msgid":1,"id":0.', () => '9', '}'),
  'a name of escapes': full('{"msgid":4,"password":"","name":"', () => '\\u00e9', '"}'),
  'a name of controls': full('{"msgid":4,"password":"","name":"', () => '\\u0001', '"}'),
  'a name of pairs': full('{"msgid":4,"password":"","name":"', () => '\\ud83d\\ude00', '"}'),
  'a long password': full('{"msgid":1,"id":1,"password":"', () => 'x', '"}'),
  'deep arrays': many(`{"msgid":1,"a":${nested('[', ']')}}`),
  'deep objects': many(`{"msgid":1,"a":${nested('{"a":', '}')}}`),
  'HTTP requests': many('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
  'TLS hellos': many('\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000'),
  'PROXY headers': many('PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n'),
};
