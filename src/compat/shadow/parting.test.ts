import t from 'tap';
import { partingOf } from './parting.js';

const PARTINGS: readonly (readonly [first: string, second: string, found: string])[] = [
  ['{"a":1}', '{"a": 1}', ' spelling'],
  ['{"a":"\\u4f60"}', '{"a":"你"}', ' spelling'],
  ['{"a":1}', '{"a":2}', 'a value'],
  ['{"a":1,"b":2}', '{"a":1}', 'b absent'],
  ['{"a":1}', '{"a":1,"b":2}', 'b more'],
  ['{"a":[1,2]}', '{"a":[2,1]}', 'a order'],
  ['{"a":[1,2]}', '{"a":[1]}', 'a shorter'],
  ['{"a":[1]}', '{"a":[1,2]}', 'a longer'],
  ['{"a":[1,1,2]}', '{"a":[1,2]}', 'a distinct'],
  [
    '{"a":["{\\"b\\":[\\"{\\\\\\"c\\\\\\":1}\\"]}"]}',
    '{"a":["{\\"b\\":[\\"{\\\\\\"c\\\\\\":2}\\"]}"]}',
    'a[].b[].c value',
  ],
  ['nothing', '{}', ' value'],
  [
    `{"a":${'['.repeat(50)}${']'.repeat(50)}}`,
    `{"a":${'['.repeat(49)}${']'.repeat(49)}}`,
    `a${'[]'.repeat(8)} value`,
  ],
];

for (const [first, second, found] of PARTINGS)
  t.test(`${first.slice(0, 60)} and ${second.slice(0, 60)}: ${found}`, async (t) => {
    const { where, how } = partingOf(first, second);
    t.equal(`${where} ${how}`, found);
  });
