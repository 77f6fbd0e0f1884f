import t from 'tap';
import { lengthStream } from './framing.js';
import { documentStream, Held } from './stream.js';

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

t.test(
  'documents behind their lengths, in whatever reads they come; one that comes slowly costs little',
  async (t) => {
    const texts = ['{}', '', JSON.stringify({ msg: '张'.repeat(500) }), '{"a":1}'];
    const bytes = Buffer.concat(
      texts.flatMap((text) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(Buffer.byteLength(text));
        return [length, Buffer.from(text)];
      }),
    );
    for (const size of [1, 3, 1000, bytes.length]) {
      const push = lengthStream(10_000);
      const got: string[] = [];
      for (let at = 0; at < bytes.length; at += size) got.push(...push(bytes.subarray(at, at + size)));
      t.same(got, texts, `${size} bytes a read`);
    }
    const held = new Held();
    const push = lengthStream(100_000, held);
    push(Buffer.from([0, 1, 0x86, 0xa0]));
    for (let n = 0; n < 99_999; n++) push(Buffer.from('x'));
    t.ok(held.room < 250_000, `${held.room} bytes are kept`);
    t.throws(() => lengthStream(10)(Buffer.from([0, 0, 0, 11])), /more than 10 bytes/);
  },
);
