import type { Case } from '../case.js';
import { differs, same } from '../finding.js';
import type { Person } from '../person.js';
import { failingLogin } from '../wire.js';
import { ask, talk, text } from './check.js';

export const HALF_OPEN: readonly Case[] = [
  ask(
    'half-open/ask-and-end',
    text(
      'Who sends a request and the end of the connection at once is closed, not kept.',
      '发完请求就关闭写端的连接，服务器也要关闭它。',
    ),
    async (world) => {
      const speaker = await world.stranger();
      await speaker.send(speaker.frame(failingLogin(world.dialect)));
      await speaker.apart();
      const answer = await speaker.hear('an answer');
      same(answer, world.refusal, text('the answer is another one', '应答不对'));
      speaker.client.finish();
      await speaker.client.end();
      return undefined;
    },
  ),
  ask(
    'half-open/user-ends',
    text('A user who sends the end (FIN) goes offline.', '用户关闭写端（FIN）后下线。'),
    async (world) => {
      const one = (await world.person()) as Person;
      one.isClean = false;
      one.speaker.client.finish();
      await one.speaker.client.end();
      await world.gone(one.account);
      return undefined;
    },
  ),
  ask(
    'half-open/half-a-document',
    text('Half a message, and then the end, harms nobody.', '发到一半就断开，不影响任何人。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      for (const how of ['finish', 'reset'] as const) {
        const speaker = await world.stranger();
        await speaker.send(speaker.frame(failingLogin(world.dialect)).subarray(0, 20));
        await speaker.wasRead();
        speaker.client[how]();
      }
      await talk(one, two, 'half a message');
      return differs(1);
    },
  ),
  ask(
    'half-open/silent',
    text('Who connects and says nothing holds up nobody.', '连上后什么也不说的客户端不影响别人。'),
    async (world) => {
      for (let n = 0; n < 20; n++) await world.stranger();
      const [one, two] = (await world.people(2)) as [Person, Person];
      await talk(one, two, 'twenty who say nothing');
      return undefined;
    },
  ),
  ask(
    'half-open/unread-answers',
    text('Who asks a lot and reads nothing holds up nobody.', '只发请求不收应答的客户端不影响别人。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      const speaker = await world.stranger();
      speaker.client.pause();
      for (let n = 0; n < 500; n++) {
        await speaker.send(speaker.frame(failingLogin(world.dialect)));
        await speaker.apart();
      }
      await talk(one, two, 'one who reads no answers');
      return undefined;
    },
  ),
];
