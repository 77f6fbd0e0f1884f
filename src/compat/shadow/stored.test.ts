import t from 'tap';
import { loadDialect } from '../../dialect/load.js';
import { Words } from '../words-of.js';
import { Unpacking } from './stored.js';

const unpacking = new Unpacking(new Words(loadDialect('original')));
const stored = '"{\\"id\\":2,\\"msg\\":\\"hi\\",\\"msgid\\":6}"';

const REPLIES: readonly (readonly [text: string, reply: string, messages: number])[] = [
  ['{"errno":0,"id":1,"msgid":2,"name":"n"}', '{"errno":0,"id":1,"msgid":2,"name":"n"}', 0],
  [`{"errno":0,"id":1,"offlinemsg":[${stored},${stored}]}`, '{"errno":0,"id":1}', 2],
  [`{"offlinemsg":[${stored}],"id":1}`, '{"id":1}', 1],
  [`{"id":1 , \n "offlinemsg" : [${stored}], "name":"n"}`, '{"id":1 , "name":"n"}', 1],
  [`{"offlinemsg":[]}`, '{}', 0],
];

for (const [text, reply, messages] of REPLIES)
  t.test(`the stored messages in ${text.slice(0, 60)}`, async (t) => {
    const unpacked = unpacking.of(text);
    t.equal(unpacked.reply, reply);
    t.equal(unpacked.messages.length, messages);
  });

t.test('white space, as much as a text can have, is looked at once', async (t) => {
  for (const space of [' ', '\t', '\n', '\r', '\f', '\v', '\u00a0', '\u2028', '\u3000', '\ufeff']) {
    const name = space.repeat(260_000);
    const text = `{"errno":0,"id":1,"msgid":2,"name":"${name}"}`;
    t.equal(unpacking.of(text).reply.length, text.length);
  }
});
