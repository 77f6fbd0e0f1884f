import t from 'tap';
import { documentStream } from './stream.js';

const DOCUMENTS = [
  '{"errno":0,"id":1,"msgid":2,"name":"张三"}',
  '{}',
  '{"msg":"{\\"a}\\\\","inner":{"x":["}"]}}',
  JSON.stringify({ offlinemsg: [JSON.stringify({ msg: '}{"\\' }), 'x'.repeat(3000)] }),
];

t.test('documents joined in one read', async (t) => {
  t.same(documentStream()(Buffer.from(DOCUMENTS.join(''))), DOCUMENTS);
});

t.test('cut at every byte', async (t) => {
  const bytes = Buffer.from(DOCUMENTS.join(''));
  const wrong = [...bytes.keys()].filter((cut) => {
    const push = documentStream();
    const got = [...push(bytes.subarray(0, cut)), ...push(bytes.subarray(cut))];
    return got.join('|') !== DOCUMENTS.join('|');
  });
  t.same(wrong, []);
});

t.test('one byte per read', async (t) => {
  const push = documentStream();
  t.same(
    [...Buffer.from(DOCUMENTS.join(''))].flatMap((byte) => push(Buffer.of(byte))),
    DOCUMENTS,
  );
});

t.test('terminators and noise between documents are skipped', async (t) => {
  t.same(documentStream()(Buffer.from('\0\n"}]{"a":1}\0\r\n"{"b":2} ')), ['{"a":1}', '{"b":2}']);
});
