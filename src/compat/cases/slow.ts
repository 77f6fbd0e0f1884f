import type { Case } from '../case.js';
import { Wrong } from '../finding.js';
import type { Person } from '../person.js';
import { ask, talk, text, texts } from './check.js';
import { account } from './order.js';

/** Messages of 16 KB, more than the system's buffers hold. */
const COUNT = 700;
const PADDING = 'x'.repeat(16_000);

export const SLOW: readonly Case[] = [
  ask(
    'slow/one-does-not-read',
    text(
      'Somebody who does not read holds up nobody, and misses nothing when it reads again.',
      '有人迟迟不收消息，不影响别人；他再收时一条不少。',
    ),
    async (world) => {
      const [writer, reader, one, two] = (await world.people(4)) as [Person, Person, Person, Person];
      reader.speaker.client.pause();
      for (let n = 0; n < COUNT; n++) await writer.chat(reader.account, `${n} ${PADDING}`);
      await talk(one, two, 'one who does not read');
      reader.speaker.client.resume();
      const isLast = (document: string) => texts([document])[0]?.startsWith(`${COUNT - 1} `) ?? false;
      const got = texts(await reader.speaker.hearUntil(isLast, `message ${COUNT - 1}`));
      const { lost, twice, order } = account(
        got.map((msg) => msg.split(' ')[0] ?? ''),
        COUNT,
      );
      if (lost + twice + order > 0)
        throw new Wrong({
          wanted: `${COUNT} messages`,
          got: `${lost} lost, ${twice} twice, ${order} out of order`,
          shows: text('a slow reader misses messages', '收得慢的人会丢消息'),
        });
      return undefined;
    },
  ),
  ask(
    'slow/goes-without-reading',
    text('Who is gone without having read holds up nobody.', '不收消息就断开的人不影响别人。'),
    async (world) => {
      const [writer, reader, one, two] = (await world.people(4)) as [Person, Person, Person, Person];
      reader.speaker.client.pause();
      for (let n = 0; n < COUNT; n++) await writer.chat(reader.account, `${n} ${PADDING}`);
      reader.speaker.client.reset();
      reader.isClean = false;
      await talk(one, two, 'one who went');
      return undefined;
    },
  ),
];
