import t from 'tap';
import { cut, readId, readLine } from './line.js';

t.test('lines', async (t) => {
  t.same(readLine('chat:3:a：b'), { name: 'chat', rest: '3:a：b', colon: ':' });
  t.same(readLine('chat：3:hi'), { name: 'chat', rest: '3:hi', colon: '：' });
  t.same(readLine('/quit '), { name: 'quit', rest: '', colon: '' });
  t.same(readLine('//x'), { name: '/x', rest: '', colon: '' });
  for (const typed of ['/help', '、help', '／help', 'ｈｅｌｐ', ' help'])
    t.equal(readLine(typed).name, 'help', typed);
  t.same(readLine('／chat：２：ＡＢ'), { name: 'chat', rest: '２：ＡＢ', colon: '：' });
  t.same(readLine(''), { name: '', rest: '', colon: '' });
});

t.test('cut at the first colon of either width', async (t) => {
  t.same(cut('3：a:b'), ['3', 'a:b']);
  t.same(cut('3:a：b'), ['3', 'a：b']);
  t.same(cut('3'), ['3', undefined]);
  t.same(cut('a：b:c', ':'), ['a：b', 'c']);
});

t.test('ids are 32 bits', async (t) => {
  t.same(['２１', ' ７', '-１'].map(readId), [21, 7, -1], 'of a Chinese keyboard');
  t.same(['21', ' 7 ', '-1', '2147483647', '-0'].map(readId), [21, 7, -1, 2147483647, 0]);
  t.same(
    ['', '1.5', '1e3', '0x1', 'alice', '2147483648', '99999999999999999999'].map(readId),
    Array(7).fill(undefined),
  );
});
