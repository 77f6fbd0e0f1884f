import fc from 'fast-check';
import t from 'tap';
import { MOST_NESTED, shallow } from './nesting.js';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

t.test('what nests deeper than the bound is null, the rest stays', async (t) => {
  t.equal(shallow(nested(MOST_NESTED)), nested(MOST_NESTED));
  t.equal(shallow(nested(MOST_NESTED + 1)), `${'['.repeat(MOST_NESTED)}null${']'.repeat(MOST_NESTED)}`);
  const document = JSON.parse(shallow(`{"a":"[\\"{","b":${nested(6000)},"c":[${nested(100)},1]}`));
  t.match(document, { a: '["{', c: [Array, 1] });
  t.doesNotThrow(() => JSON.stringify(document));
});

t.test('any JSON value of an ordinary depth is as it was', async () => {
  fc.assert(fc.property(fc.json({ maxDepth: 8 }), (text) => shallow(text) === text));
});
