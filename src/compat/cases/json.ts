import { packageText } from '../../ops/package.js';
import type { Case } from '../case.js';
import { Wrong } from '../finding.js';
import type { Person } from '../person.js';
import { requestText } from '../wire.js';
import { ask, text } from './check.js';

interface Vector {
  readonly in?: string;
  readonly out?: string;
}

/** How many documents of a kind are sent: spread over all that there are. */
const COUNT = 40;

/** Documents that fit into one read of any server. */
const LONGEST = 700;

/** The last of the recorded vectors are doubles whose Grisu2 digits are not the shortest. */
const LONG_DOUBLES = 300;

const isNumber = (out: string) => /^-?\d/.test(out);

const KINDS: Readonly<
  Record<string, { en: string; zh: string; fits: (given: string, out: string) => boolean }>
> = {
  integers: {
    en: 'Whole numbers of up to 64 bits arrive as they were sent.',
    zh: '64 位以内的整数原样送达。',
    fits: (_, out) => /^-?\d+$/.test(out),
  },
  doubles: {
    en: 'Numbers with a fraction are written as nlohmann/json writes them.',
    zh: '小数按 nlohmann/json 的格式输出。',
    fits: (_, out) => isNumber(out) && !/^-?\d+$/.test(out),
  },
  texts: {
    en: 'Texts of any alphabet arrive, escaped as nlohmann/json escapes them.',
    zh: '任何文字都能送达，转义与 nlohmann/json 一致。',
    fits: (_, out) => out.startsWith('"'),
  },
  arrays: {
    en: 'Arrays in a message arrive, without white space.',
    zh: '消息里的数组原样送达，去掉空白。',
    fits: (_, out) => out.startsWith('['),
  },
  'key-order': {
    en: 'Objects arrive with their keys sorted; of equal keys the last counts.',
    zh: '对象的键按字节排序；键重复时以最后一个为准。',
    fits: (_, out) => out.startsWith('{'),
  },
  words: {
    en: 'true, false and null arrive.',
    zh: 'true、false、null 原样送达。',
    fits: (_, out) => /^[tfn]/.test(out),
  },
};

let all: Vector[] | undefined;

/** Documents and what nlohmann 3.6.1 makes of them, as they were recorded. */
function vectors(): Vector[] {
  all ??= packageText('fixtures/json/vectors.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Vector);
  return all;
}

/** A part of them, spread over all: another part for another seed. */
function spread<T>(items: readonly T[], seed: number): T[] {
  const step = Math.max(1, Math.floor(items.length / COUNT));
  return items.filter((_, index) => index % step === seed % step).slice(0, COUNT);
}

function valid(some: readonly Vector[]): [given: string, out: string][] {
  return some.flatMap(({ in: given, out }): [string, string][] =>
    // A LF could end a line of its own where documents are lines; a NUL ends a document.
    given !== undefined && out !== undefined && given.length < LONGEST && !/[\n\r\0]/.test(given)
      ? [[given, out]]
      : [],
  );
}

/** Stands for a value in a message. */
const MARK = 'the value';

/** Sends each value in a message, and holds what arrives against what nlohmann writes. */
async function exchange(one: Person, two: Person, values: readonly [string, string][]): Promise<void> {
  const { name: _, msg: __, time: ___, ...whom } = one.chatFields(two.account, '');
  const template = requestText(one.speaker.dialect, 'chat', { ...whom, v: MARK });
  const message = (value: string) => template.replace(JSON.stringify(MARK), () => value);
  for (const [given, out] of values) {
    await one.speaker.send(one.speaker.frame(message(given.replace(/^\ufeff/, ''))));
    await one.speaker.apart();
    const wanted = message(out);
    const got = await two.hear(`the message with ${given}`);
    if (got !== wanted)
      throw new Wrong({
        wanted,
        got,
        shows: text('numbers, texts or fields change on the way', '数字、文本或字段在途中变了'),
      });
  }
}

function kind(id: string, en: string, zh: string, pick: () => [string, string][]): Case {
  return ask(
    `json/${id}`,
    text(en, zh),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      await exchange(one, two, spread(pick(), world.target.seed));
      return undefined;
    },
    ['unchanged'],
  );
}

export const JSON_CASES: readonly Case[] = [
  ...Object.entries(KINDS).map(([id, { en, zh, fits }]) =>
    kind(id, en, zh, () =>
      valid(vectors().slice(0, -LONG_DOUBLES)).filter(([given, out]) => fits(given, out)),
    ),
  ),
  kind(
    'digits',
    'Doubles have the digits that Grisu2 gives them, also where fewer would do.',
    '双精度数的位数与 Grisu2 一致，即使更短的写法也够用。',
    () => valid(vectors().slice(-LONG_DOUBLES)),
  ),
  ask(
    'json/unknown-fields',
    text('Fields that the server does not know arrive with the message.', '服务器不认识的字段也随消息送达。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      const fields = { ...one.chatFields(two.account, 'x'), zz: [{ deep: null }], AA: 'first' };
      const sent = await one.tell('chat', fields);
      const got = await two.hear('a message with more fields');
      const missing = ['"zz":[{"deep":null}]', '"AA":"first"'].some((part) => !got.includes(part));
      if (missing) throw new Wrong({ wanted: sent, got, shows: text('fields are lost', '字段丢失') });
      return undefined;
    },
  ),
];
