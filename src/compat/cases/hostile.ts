import type { Case, Need } from '../case.js';
import { differs, type Finding, SAME, same } from '../finding.js';
import { type Ids, withIds } from '../ids.js';
import { type Input, readInputs } from '../inputs.js';
import type { Person } from '../person.js';
import { translated, verbsIn } from '../translated.js';
import { framed, hasRequest, Lacking, sentFraming } from '../wire.js';
import type { World } from '../world.js';
import { talk, text } from './check.js';

/** The subject of an input, in Chinese, by a word of its reason. */
const REASONS: readonly (readonly [word: RegExp, zh: string])[] = [
  [/malformed JSON/, '格式错误的 JSON'],
  [/not an object/, '不是 JSON 对象的内容'],
  [/missing field/, '缺少字段'],
  [/another type/, '字段类型不对'],
  [/UTF-8/, '非法的 UTF-8'],
  [/number beyond|digits/, '超大的数字'],
  [/overflow|recursion|nested/, '嵌套极深的 JSON'],
  [/SQL/, 'SQL 注入'],
  [/believes every id|lets anyone/, '冒充别人'],
  [/JavaScript|table of handlers/, '原型链上的名字'],
  [/another protocol/, '别的协议的数据'],
  [/longer than a message/, '没有结尾的超长消息'],
  [/buffer/, '超出缓冲区的长文本'],
];

/** SQL that a server with a hole may obey, to the end of its tables. */
const DESTROYS = /drop table|delete from/;

/** The end of a line is white space in JSON: it ends no array, and the next line may go with it. One of so many arrives. */
const LINES = 3;

/** A case for each input of the corpus: does the server live, and do others, and is the next message handled? */
export function hostileCases(): Case[] {
  return readInputs().map((input) => ({
    id: `hostile/${slug(input.name)}`,
    why: text(
      `Whatever one client sends, the server lives and others go on: ${input.name} (${input.why}).`,
      `无论一个客户端发送什么，服务器都不能退出，别人的聊天也不能中断：${reason(input)}（${input.name}）。`,
    ),
    needs: needsOf(input),
    run: (world) => survive(world, input),
  }));
}

function reason({ why, name }: Input): string {
  return REASONS.find(([word]) => word.test(`${why} ${name}`))?.[1] ?? '奇怪的数据';
}

function needsOf({ bytes }: Input): Need[] {
  return DESTROYS.test(String(bytes)) ? ['unframed', 'may-empty'] : ['unframed'];
}

/** A name as a part of an id. */
function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

async function survive(world: World, input: Input): Promise<Finding> {
  const { dialect } = world;
  const asked = verbsIn(input.bytes.toString('latin1'));
  const missing = asked.find((verb) => !hasRequest(dialect, verb));
  if (missing !== undefined) throw new Lacking(dialect.name, missing);
  const [one, two, attacker] = (await world.people(3)) as [Person, Person, Person];
  const offline = await world.account();
  const ids: Ids = {
    users: new Map([
      [1, one.id],
      [2, two.id],
      [3, attacker.id],
      [4, offline.id],
    ]),
    groups: new Map(),
  };
  const bytes = mapped(input.bytes, (some) => translated(withIds(some, ids), dialect));
  if (input.ends) await attacker.send(bytes).catch(() => undefined);
  else {
    // With what ends it, as a client sends it: alone the NUL would end the original by itself.
    await attacker.send(framed(sentFraming(dialect), bytes));
    await attacker.speaker.apart();
    // Who is meant by a logout without an id is its sender, who has no next message then.
    if (!(dialect.idMayBeAbsent && asked.includes('logout'))) await next(attacker, input);
  }
  // How the input is relayed is not looked at here.
  for (const person of [one, two]) await person.settle();
  await talk(one, two, input.name);
  return /ends the original|overflow their stack|overruns/.test(input.why) ? differs(2) : SAME;
}

/** The next message of the same client is handled, behind whatever comes before it. */
async function next(attacker: Person, { name }: Input): Promise<void> {
  const { framing } = attacker.speaker.dialect;
  const sent: string[] = [];
  while (sent.length < (framing.in === 'lf' ? LINES : 1))
    sent.push(await attacker.chat(attacker.account, `after ${name}`));
  const [first = ''] = sent;
  const isIt = (got: string) => got === first || got.includes('"after ');
  const got = (await attacker.speaker.hearUntil(isIt, `the next message after ${name}`)).at(-1) ?? '';
  same(got, first, text('the message after a bad one is damaged', '坏数据之后的消息损坏了'));
}

/** Bytes that are no text, too: Latin-1 keeps every byte, and names of fields are ASCII. */
function mapped(bytes: Buffer, map: (text: string) => string): Buffer {
  const encoding = Buffer.from(String(bytes)).equals(bytes) ? 'utf8' : 'latin1';
  return Buffer.from(map(bytes.toString(encoding)), encoding);
}
