import type { Case } from '../case.js';
import { differs, type Finding, SAME, Wrong } from '../finding.js';
import type { Person } from '../person.js';
import { requestText } from '../wire.js';
import { ask, collect, text, texts } from './check.js';

const SHOWS = text('messages are lost, come twice or out of order', '消息丢失、重复或乱序');

/** The outcome of `count` numbered messages. */
export function account(
  got: readonly string[],
  count: number,
): { lost: number; twice: number; order: number } {
  const numbers = got.map(Number);
  const seen = new Set(numbers);
  const order = numbers.filter((number, at) => at > 0 && number < (numbers[at - 1] ?? 0)).length;
  return { lost: count - seen.size, twice: numbers.length - seen.size, order };
}

function inFull(got: readonly string[], count: number): void {
  const { lost, twice, order } = account(got, count);
  if (lost + twice + order === 0) return;
  throw new Wrong({
    wanted: `${count} messages`,
    got: `${lost} lost, ${twice} twice, ${order} out of order`,
    shows: SHOWS,
  });
}

export const ORDER: readonly Case[] = [
  ask(
    'order/one-by-one',
    text('Messages arrive all, in their order.', '消息按顺序全部送达。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      const count = 300;
      for (let n = 0; n < count; n++) await one.chat(two.account, `${n}`);
      const got: string[] = [];
      while (got.length < count) got.push(...texts([await two.hear(`message ${got.length}`)]));
      got.push(...texts(await two.settle()));
      inFull(got, count);
      return undefined;
    },
  ),
  ask(
    'order/pipelined',
    text('A client that does not wait between messages loses none.', '客户端连续发送不等待，也一条不丢。'),
    async (world): Promise<Finding> => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      const count = 1000;
      const document = (n: number) =>
        one.speaker.frame(requestText(world.dialect, 'chat', one.chatFields(two.account, `${n}`)));
      for (let n = 0; n < count; n += 50)
        await one.speaker.send(Buffer.concat(Array.from({ length: 50 }, (_, k) => document(n + k))));
      // The last one comes by itself, so that it cannot be lost with what it joins.
      await one.speaker.wasRead();
      await one.chat(two.account, `${count}`);
      const isLast = (document: string) => texts([document])[0] === `${count}`;
      const got = texts(await two.speaker.hearUntil(isLast, 'the last message')).slice(0, -1);
      const { lost, twice, order } = account(got, count);
      if (lost > 0 && twice + order === 0) return SAME;
      inFull(got, count);
      return differs(1);
    },
  ),
  ask(
    'order/reconnects',
    text(
      'Who logs out and in again while others write misses nothing.',
      '边注销边重新登录，期间别人发来的消息一条不少。',
    ),
    async (world) => {
      const [one, away] = [await world.person(), await world.account()];
      const count = 300;
      const got: string[] = [];
      const writes = (async () => {
        for (let n = 0; n < count; n++) await one.chat(away, `${n}`);
        await one.settle();
      })();
      // Heard of below, unless something else goes wrong before.
      writes.catch(() => {});
      for (let times = 0; times < 8; times++) {
        const two = await world.person(undefined, away);
        got.push(...texts(await collect(two)));
        got.push(...texts(await two.logOut()));
        await two.close();
      }
      await writes;
      got.push(...texts(await collect(await world.person(undefined, away))));
      inFull(got, count);
      return undefined;
    },
  ),
];
