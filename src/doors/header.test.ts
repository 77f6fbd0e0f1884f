import t from 'tap';
import { readHeader } from './header.js';

const text = (line: string) => Buffer.from(line, 'latin1');

/** A header of version 2: its command and family as bytes, and what follows them. */
function binary(command: number, family: number, rest: number[]): Buffer {
  const signature = text('\r\n\r\n\0\r\nQUIT\n');
  return Buffer.from([...signature, command, family, rest.length >> 8, rest.length & 255, ...rest]);
}

const V4 = [192, 0, 2, 1, 198, 51, 100, 1, 0xdc, 4, 1, 0xbb];
const V6 = [0x20, 1, 0x0d, 0xb8, ...Array(11).fill(0), 1, ...Array(16).fill(9), 1, 2, 3, 4];

t.test('version 1: the address of the client, and how long the header is', async (t) => {
  const v4 = 'PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n';
  t.same(readHeader(text(`${v4}{"msgid":1}`)), { address: '192.0.2.1', length: v4.length });
  const v6 = 'PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n';
  t.same(readHeader(text(v6)), { address: '2001:db8::1', length: v6.length });
  t.same(readHeader(text('PROXY UNKNOWN\r\n')), { address: undefined, length: 15 });
  t.same(readHeader(text('PROXY UNKNOWN ffff:f::1 ffff::1 1 2\r\n')), { address: undefined, length: 37 });
});

t.test('version 2: the same; what is local or of another family speaks for itself', async (t) => {
  t.same(readHeader(binary(0x21, 0x11, V4)), { address: '192.0.2.1', length: 28 });
  t.same(readHeader(binary(0x21, 0x11, [...V4, 3, 0, 1, 9])), { address: '192.0.2.1', length: 32 });
  t.same(readHeader(binary(0x21, 0x21, V6)), { address: '2001:db8::1', length: 52 });
  t.same(readHeader(binary(0x20, 0x11, V4)), { address: undefined, length: 28 });
  t.same(readHeader(binary(0x20, 0, [])), { address: undefined, length: 16 });
  t.same(readHeader(binary(0x21, 0, [])), { address: undefined, length: 16 });
  t.same(readHeader(binary(0x21, 0x31, Array(216).fill(65))), { address: undefined, length: 232 });
});

t.test('wherever a header is cut, more is awaited', async (t) => {
  for (const header of [text('PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n'), binary(0x21, 0x11, V4)]) {
    for (let cut = 0; cut < header.length; cut++) t.equal(readHeader(header.subarray(0, cut)), 'more');
  }
});

t.test('what is no header', async (t) => {
  const wrong = [
    '{"msgid":1}',
    'GET / HTTP/1.1\r\n',
    'PROXY TCP4 2001:db8::1 ::1 1 2\r\n',
    'PROXY TCP4 x y 1 2\r\n',
    'PROXY TCP5 192.0.2.1 198.51.100.1 1 2\r\n',
    'PROXY \r\n',
    `PROXY TCP4 ${'1'.repeat(200)}`,
  ];
  for (const line of wrong) t.equal(readHeader(text(line)), 'wrong', line);
  t.equal(readHeader(binary(0x11, 0x11, V4)), 'wrong', 'another version');
  t.equal(readHeader(binary(0x22, 0x11, V4)), 'wrong', 'another command');
  t.equal(readHeader(binary(0x21, 0x11, V4.slice(1))), 'wrong', 'too short for its family');
  t.equal(readHeader(binary(0x21, 0x11, Array(5000).fill(0))), 'wrong', 'too long');
});
