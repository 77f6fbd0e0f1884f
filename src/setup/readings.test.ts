import t from 'tap';
import { readingDoubt, writtenAs } from './readings.js';

const GBK = new TextDecoder('gbk');
const seen = (gbk: Buffer, utf8mb4: string) => ({
  gbk,
  latin1: Buffer.from([...utf8mb4].map((c) => ((c.codePointAt(0) ?? 0) > 255 ? '?' : c)).join(''), 'latin1'),
  utf8mb4: Buffer.from(utf8mb4),
});
/** A text as the original writes it: its UTF-8 taken for gbk. */
const original = (text: string) => seen(Buffer.from(text), GBK.decode(Buffer.from(text)));
/** The same bytes taken for latin1. */
const latin1 = (text: string) => seen(Buffer.from('?'), Buffer.from(text).toString('latin1'));

t.test('how a text was written', async (t) => {
  for (const text of ['张三', '小李子\u2060', '你好吗', '😀😀'])
    t.equal(writtenAs(original(text)), 'gbk', text);
  t.equal(writtenAs(seen(Buffer.from('d5c5c8fd', 'hex'), '张三')), 'utf8mb4');
  t.equal(writtenAs(seen(Buffer.from('?'), '😀')), 'utf8mb4', 'gbk does not know it');
  t.equal(writtenAs(seen(Buffer.from('c2bd', 'hex'), '陆')), undefined, 'or is it ½?');
  for (const text of ['张三', '陆']) t.equal(writtenAs(latin1(text)), 'latin1', text);
});

t.test('what is said of it', async (t) => {
  const all = { gbk: 0, utf8mb4: 0, latin1: 0 };
  for (const charset of ['gbk', 'utf8mb4'] as const) {
    t.equal(readingDoubt(all, charset), undefined);
    t.equal(readingDoubt({ ...all, [charset]: 5 }, charset), undefined);
    t.match(
      readingDoubt({ ...all, gbk: 5, utf8mb4: 1 }, charset)?.text,
      /servers that say different charsets/,
    );
    t.match(readingDoubt({ ...all, latin1: 1 }, charset)?.text, /1 came over latin1/);
  }
  t.equal(readingDoubt({ ...all, utf8mb4: 1 }, 'gbk')?.remedy, '--mysql-charset utf8mb4');
  t.equal(readingDoubt({ ...all, gbk: 1 }, 'utf8mb4')?.remedy, '--mysql-charset gbk');
});
