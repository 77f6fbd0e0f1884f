import t from 'tap';
import { loadDialect } from '../dialect/load.js';
import { translated, verbsIn } from './translated.js';

const ORIGINAL = loadDialect('original');
const OTHER = loadDialect('docs/dialects/Minus-cell.json');

t.test('the original’s words stay in its own dialect', async (t) => {
  const text = '{"id":3,"msg":"x","msgid":6,"toid":3';
  t.equal(translated(text, ORIGINAL), text);
});

for (const [given, out] of [
  ['{"id":3,"msg":"x","msgid":6,"toid":3', '{"id":3,"msg":"x","msgid":5,"to":3'],
  ['[{"id":3,"msgid" : 10,"groupid":1}]', '[{"id":3,"msgid" : 13,"groupid":1}]'],
  ['{"a":"{\\"msgid\\":6,\\"toid\\":3}"', '{"a":"{\\"msgid\\":5,\\"to\\":3}"'],
  // No number of the original, or what only begins as one.
  ['{"msgid":99,"id":3}', '{"msgid":99,"id":3}'],
  ['{"msgid":6.5}', '{"msgid":6.5}'],
  ['{"msgid":6e1}', '{"msgid":6e1}'],
  ['{"msgid":"toid"}', '{"msgid":"toid"}'],
  ['{"msgid":[6]}', '{"msgid":[6]}'],
] as const)
  t.test(`in another dialect: ${given}`, async (t) => {
    t.equal(translated(given, OTHER), out);
  });

t.test('what a text asks for', async (t) => {
  t.same(verbsIn('{"msgid":6}{"msgid" : 10}{"msgid":99}{"msgid":60}'), ['chat', 'groupChat']);
});

t.test('a long text takes no longer than its length', async (t) => {
  const long = '\\'.repeat(60_000) + '"msgid":'.repeat(1000) + '7'.repeat(60_000);
  t.equal(translated(long, OTHER).length, long.length);
});
