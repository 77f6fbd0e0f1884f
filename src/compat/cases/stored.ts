import type { Case } from '../case.js';
import { differs, type Finding, SAME, Wrong } from '../finding.js';
import type { World } from '../world.js';
import { ask, collect, text, texts } from './check.js';

const LOST = text('messages to who is offline are lost or changed', '发给离线用户的消息丢失或改变');

/** The texts that somebody gets at its login, of those that were sent to it while it was away. */
async function delivered(world: World, sent: readonly string[]): Promise<string[]> {
  const one = await world.person();
  const away = await world.account();
  for (const msg of sent) await one.chat(away, msg);
  await one.settle();
  return texts(await collect(await world.person(undefined, away)));
}

/** All arrives as it was sent. */
function whole(wanted: readonly string[], got: readonly string[]): void {
  if (JSON.stringify(wanted) === JSON.stringify(got)) return;
  throw new Wrong({ wanted: wanted.join('\n'), got: got.join('\n'), shows: LOST });
}

/** Texts that the original loses; who keeps them has that number in DIFFERENCES.md. */
function kept(id: string, why: readonly [string, string], number: number, sent: readonly string[]): Case {
  return ask(`stored/${id}`, text(...why), async (world): Promise<Finding> => {
    const got = await delivered(world, sent);
    if (got.join('') === sent.join('')) return differs(number);
    if (got.every((msg) => sent.includes(msg))) return SAME;
    throw new Wrong({ wanted: sent.join('\n'), got: got.join('\n'), shows: LOST });
  });
}

export const STORED: readonly Case[] = [
  ask(
    'stored/arrives',
    text('Who was away gets what was sent to it, in that order.', '离线期间的消息登录后按顺序收到。'),
    async (world) => {
      const sent = ['one', 'two', 'three'];
      whole(sent, await delivered(world, sent));
      return undefined;
    },
  ),
  ask(
    'stored/once',
    text('What was fetched does not come again.', '取走的离线消息不会再次出现。'),
    async (world) => {
      const [one, away] = [await world.person(), await world.account()];
      await one.chat(away, 'once');
      await one.settle();
      const two = await world.person(undefined, away);
      whole(['once'], texts(await collect(two)));
      await two.logOut();
      await two.logIn();
      whole([], texts(await collect(two)));
      return undefined;
    },
  ),
  ask(
    'stored/many',
    text('A hundred messages are kept as well as one.', '一百条离线消息一条也不少。'),
    async (world) => {
      const sent = Array.from({ length: 100 }, (_, n) => `number ${n}`);
      whole(sent, await delivered(world, sent));
      return undefined;
    },
  ),
  ask(
    'stored/after-logout',
    text('A message right after a logout is stored.', '注销之后马上发来的消息会存为离线消息。'),
    async (world) => {
      const [one, two] = [await world.person(), await world.person()];
      await two.logOut();
      await one.chat(two.account, 'while you were away');
      await one.settle();
      await two.logIn();
      whole(['while you were away'], texts(await collect(two)));
      return undefined;
    },
  ),
  ask(
    'stored/group',
    text('Who is in a group gets what was written while it was away.', '群成员离线期间的群消息登录后收到。'),
    async (world) => {
      const [one, two] = [await world.person(), await world.person()];
      const groupid = await world.group(one, [two]);
      await two.logOut();
      await one.groupChat(groupid, 'to all');
      await one.settle();
      await two.logIn();
      whole(['to all'], texts(await collect(two)));
      return undefined;
    },
    ['groups'],
  ),
  ask(
    'stored/long-reply',
    text(
      'Many stored messages arrive although a client reads only 1,024 bytes at once.',
      '客户端一次只读 1024 字节，离线消息再多也要送达。',
    ),
    async (world): Promise<Finding> => {
      const sent = Array.from({ length: 8 }, (_, n) => `${n} ${'x'.repeat(200)}`);
      const [one, away] = [await world.person(), await world.account()];
      for (const msg of sent) await one.chat(away, msg);
      await one.settle();
      const two = await world.person(undefined, away);
      const inside = world.words.stored(two.welcome).length;
      whole(sent, texts(await collect(two)));
      return inside === sent.length || world.dialect.stored !== 'inside' ? SAME : differs(13);
    },
  ),
  kept('chinese', ['Stored Chinese arrives.', '离线的中文消息能收到。'], 6, ['你好', '我叫张三']),
  kept('emoji', ['Stored emoji arrive.', '离线的表情符号能收到。'], 6, ['👍🏽', '😀😀😀']),
  kept('long', ['A stored text of 700 characters arrives.', '700 字的离线消息能收到。'], 7, [
    'x'.repeat(700),
  ]),
  kept('very-long', ['A stored text of 5,000 characters arrives.', '5000 字的离线消息能收到。'], 7, [
    '0123456789'.repeat(500),
  ]),
];
