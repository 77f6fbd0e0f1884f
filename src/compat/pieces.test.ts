import t from 'tap';
import { Pieces } from './pieces.js';

/** The output for each of these reads. */
function pushed(framing: 'none' | 'length', ...reads: (string | Buffer)[]): string[] {
  const pieces = new Pieces(framing);
  return [...reads.map((read) => pieces.push(Buffer.from(read)).toString()), pieces.rest().toString()];
}

t.test('whole documents go through as they are, with what stands around them', async (t) => {
  t.same(pushed('none', '{"a":1}\0{"b":"}"}\0'), ['{"a":1}\0{"b":"}"}\0', '']);
  t.same(pushed('none', 'GET / HTTP/1.1\r\n'), ['GET / HTTP/1.1\r\n', '']);
});

t.test('the beginning of a document waits for its end, wherever it is cut', async (t) => {
  const document = '{"a":"\\"}{","b":{"c":"你"}}';
  const bytes = Buffer.from(`${document}\0`);
  for (let at = 1; at < bytes.length - 1; at++) {
    const [first, second, rest] = pushed('none', bytes.subarray(0, at), bytes.subarray(at));
    t.same([first, second, rest], ['', `${document}\0`, ''], `cut at ${at}`);
  }
  t.same(pushed('none', 'x{"a":1}{"b', '":2}'), ['x{"a":1}', '{"b":2}', '']);
});

t.test('a NUL ends what is no document, and an LF in a string does', async (t) => {
  t.same(pushed('none', '{"a\0', '{"b":1}'), ['{"a\0', '{"b":1}', '']);
  t.same(pushed('none', '{"a":"x\n', '{"b":1}'), ['{"a":"x\n', '{"b":1}', '']);
  t.same(pushed('none', '{"a":\n', '1}'), ['', '{"a":\n1}', ''], 'between two tokens it ends nothing');
});

t.test('what has no end is passed on, and what waits at the end, too', async (t) => {
  const long = `{"a":"${'x'.repeat(300_000)}`;
  t.same(pushed('none', long, '"}'), [long, '"}', '']);
  t.same(pushed('none', '{"a'), ['', '{"a']);
});

t.test('documents behind their lengths', async (t) => {
  const framed = Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('{}')]);
  t.same(pushed('length', Buffer.concat([framed, framed.subarray(0, 5)]), framed.subarray(5)), [
    framed.toString(),
    framed.toString(),
    '',
  ]);
});
