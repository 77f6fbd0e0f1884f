import t from 'tap';
import { isWholeHead } from './head.js';

const isWhole = (text: string) => isWholeHead(Buffer.from(text, 'latin1'), 100);

t.test('a head is whole with its empty line', async (t) => {
  for (const head of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'POST /logout HTTP/1.0\n\n']) {
    const early = Array.from(head, (_, end) => end).filter((end) => end > 0 && isWhole(head.slice(0, end)));
    t.same(early, [], head);
    t.ok(isWhole(head));
    t.ok(isWhole(`${head}more`));
  }
});

t.test('what is no head, or never ends, is not waited for', async (t) => {
  for (const wrong of [
    '{',
    'get / HTTP/1.1',
    'GET / HTTP/2.0\r\n',
    '\x16\x03\x01',
    'GET\n',
    `GET /${'x'.repeat(100)}`,
  ])
    t.ok(isWhole(wrong), wrong);
  t.notOk(isWhole('GET /a b'));
});
