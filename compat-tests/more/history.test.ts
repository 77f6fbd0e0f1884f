import t from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';
import { ask, onAllPlaces } from './site.js';

t.setTimeout(600_000);

const texts = ({ messages }: Document): string[] =>
  messages.map(({ document }: { document: Document }) => document.msg);
const numbers = ({ messages }: Document): number[] =>
  messages.map(({ number }: { number: number }) => number);

/** A user's answer, once as many messages as expected are written: nobody who chats waits for that. */
async function when(user: User, request: Document, count: number): Promise<Document> {
  for (;;) {
    const answer = await ask(user, request);
    if (answer.messages?.length >= count || answer.errno === 1) return answer;
  }
}

const refused = (msgid: number, errmsg: string): Document => ({ errmsg, errno: 1, msgid });

await onAllPlaces(
  t,
  {
    'both see the same of a conversation, also when they are no friends any more': async (t, place) => {
      await place.accounts(11, 12, 13);
      const [one, two] = [await place.online(0, 11), await place.online(1, 12)];
      await ask(one, { id: 11, msgid: 7, friendid: 12, seq: 1 });
      for (let n = 1; n <= 3; n++) await one.chat(11, 12, `${n}`);
      for (let n = 1; n <= 3; n++) t.match(await two.hear(), { msg: `${n}` });
      await when(one, { id: 11, msgid: 131, toid: 12 }, 3);
      await two.chat(12, 11, '四');
      t.match(await one.hear(), { msg: '四' });
      await ask(one, { id: 11, msgid: 105, friendid: 12 });
      const before = Date.now();
      const answer = await when(one, { id: 11, msgid: 131, toid: 12, seq: 'x' }, 4);
      t.match(answer, { errno: 0, msgid: 132, seq: 'x' });
      t.same(texts(answer), ['1', '2', '3', '四']);
      t.same(numbers(answer), [1, 2, 3, 4]);
      t.same(answer.messages[0].document, { id: 11, msg: '1', msgid: 6, toid: 12 }, 'as it was received');
      t.ok(Math.abs(answer.messages[0].time - before) < 3_600_000, 'when it was sent, in ms');
      t.notOk('next' in answer);
      const { seq: _, ...rest } = answer;
      t.same(await ask(two, { id: 12, msgid: 131, toid: 11 }), rest);
      t.same(await ask(two, { id: 12, msgid: 131, toid: 13 }), { errno: 0, messages: [], msgid: 132 });
      await Promise.all([one.close(), two.close()]);
    },

    'pages: the last, before, since, by time': async (t, place) => {
      await place.accounts(21, 22);
      const one = await place.online(0, 21);
      for (let n = 1; n <= 7; n++) await one.chat(21, 22, `${n}`);
      const page = { id: 21, msgid: 131, toid: 22 };
      const all = await when(one, page, 7);
      const asked = async (more: Document) => {
        const answer = await ask(one, { ...page, ...more });
        return [texts(answer).join(''), answer.next];
      };
      t.same(await asked({ most: 3 }), ['567', 5]);
      t.same(await asked({ most: 3, before: 5 }), ['234', 2]);
      t.same(await asked({ most: 3, before: 2 }), ['1', undefined]);
      t.same(await asked({ most: 3, since: 0 }), ['123', 3]);
      t.same(await asked({ most: 3, since: 3 }), ['456', 6]);
      t.same(await asked({ most: 3, since: 6 }), ['7', undefined]);
      t.same(await asked({ since: 7 }), ['', undefined]);
      t.same(await asked({ until: all.messages[0].time - 1 }), ['', undefined]);
      t.same(await asked({ from: all.messages[0].time, until: all.messages[6].time }), [
        '1234567',
        undefined,
      ]);
      await one.close();
    },

    'a page of long messages ends, and says where it goes on': async (t, place) => {
      await place.accounts(31, 32);
      const one = await place.online(0, 31);
      for (let n = 1; n <= 9; n++) await one.chat(31, 32, `${n}${'x'.repeat(60_000)}`);
      const found: number[] = [];
      let since: number | undefined = 0;
      while (since !== undefined && found.length < 9) {
        const answer = await when(one, { id: 31, msgid: 131, toid: 32, since }, 1);
        t.ok(JSON.stringify(answer).length < 280_000);
        found.push(...numbers(answer));
        since = answer.next ?? found.at(-1);
      }
      t.same(found, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
      await one.close();
    },

    'a group: only its members, and only since they came': async (t, place) => {
      await place.accounts(41, 42, 43, 44);
      const users = await Promise.all([41, 42, 43, 44].map((id, n) => place.online(n % 2 === 0 ? 0 : 1, id)));
      const [one, two, three, four] = users as [User, User, User, User];
      const made = await ask(one, { id: 41, msgid: 8, groupname: 'history', groupdesc: '', seq: 1 });
      const { groupid } = made;
      await ask(two, { id: 42, msgid: 9, groupid, seq: 1 });
      await one.groupChat(41, groupid, 'before');
      await when(one, { id: 41, msgid: 131, groupid }, 1);
      await two.hear();
      await ask(three, { id: 43, msgid: 9, groupid, seq: 1 });
      await two.groupChat(42, groupid, 'after');
      const [own, late] = [
        { id: 41, msgid: 131, groupid },
        { id: 43, msgid: 131, groupid },
      ];
      t.same(texts(await when(one, own, 2)), ['before', 'after']);
      t.same(texts(await ask(two, { ...own, id: 42 })), ['before', 'after']);
      t.same(texts(await ask(two, { ...own, id: 42, msgid: 133, text: 'before' })), ['before']);
      await three.hear();
      t.same(texts(await ask(three, late)), ['after']);
      t.same(texts(await ask(three, { ...late, msgid: 133, text: 'before' })), []);
      for (const msgid of [131, 133])
        t.same(
          await ask(four, { id: 44, msgid, groupid, text: 'before' }),
          refused(msgid + 1, 'not a member'),
        );
      // The users of a conversation stand where a group stands: no id makes one of the other.
      await one.hear();
      for (const toid of [0, -1, -2147483648])
        t.same(await ask(four, { id: 44, msgid: 131, toid }), refused(132, 'no such user'));
      await ask(three, { id: 43, msgid: 107, groupid });
      t.same(await ask(three, late), refused(132, 'not a member'));
      await Promise.all(users.map((user) => user.close()));
    },

    search: async (t, place) => {
      await place.accounts(51, 52);
      const one = await place.online(0, 51);
      const sent = ['今天天气很好', 'The weather is fine', '明天天气不好', 'weather WEATHER', '"quoted" 50%'];
      for (const text of sent) await one.chat(51, 52, text);
      await when(one, { id: 51, msgid: 131, toid: 52 }, sent.length);
      const found = async (text: string, more: Document = {}) =>
        ask(one, { id: 51, msgid: 133, toid: 52, text, ...more });
      t.same(texts(await found('天气')), ['明天天气不好', '今天天气很好'], 'the newest first');
      t.same(texts(await found('Weather')), ['weather WEATHER', 'The weather is fine']);
      t.same(texts(await found('"quoted" 50%')), ['"quoted" 50%']);
      t.same(texts(await found('%%')), []);
      const first = await found('天气', { most: 1 });
      t.match(first, { errno: 0, msgid: 134, next: 3 });
      const second = await found('天气', { before: first.next });
      t.same(texts(second), ['今天天气很好']);
      t.notOk('next' in second);
      await one.close();
    },

    'what cannot be asked for is refused with a reason': async (t, place) => {
      await place.accounts(61, 62);
      const one = await place.online(0, 61);
      const about = { id: 61, toid: 62 };
      const whole = (name: string, least: number, most: number) =>
        `${name} is not a whole number from ${least} to ${most}`;
      const cases: [Document, string][] = [
        [{ ...about, most: -1 }, whole('most', 1, 200)],
        [{ ...about, most: 0 }, whole('most', 1, 200)],
        [{ ...about, most: 201 }, whole('most', 1, 200)],
        [{ ...about, most: '5' }, whole('most', 1, 200)],
        [{ ...about, most: 1.5 }, whole('most', 1, 200)],
        [{ ...about, before: 0 }, whole('before', 1, 4294967295)],
        [{ ...about, before: -1 }, whole('before', 1, 4294967295)],
        [{ ...about, since: -1 }, whole('since', 0, 4294967295)],
        [{ ...about, since: null }, whole('since', 0, 4294967295)],
        [{ ...about, since: 4294967296 }, whole('since', 0, 4294967295)],
        [{ ...about, from: '1; drop table user' }, whole('from', 0, 8640000000000000)],
        [{ id: 61 }, 'either toid or groupid'],
        [{ id: 61, toid: 62, groupid: 1 }, 'either toid or groupid'],
        [{ id: 61, toid: '62' }, 'either toid or groupid'],
        [{ id: 61, groupid: 99 }, 'not a member'],
        [{ id: 62, toid: 61 }, 'not logged in as the sender'],
      ];
      for (const [request, why] of cases)
        for (const msgid of [131, 133])
          t.same(
            await ask(one, { ...request, msgid, text: 'some' }),
            refused(msgid + 1, why),
            JSON.stringify(request),
          );
      t.same(
        await ask(one, { ...about, msgid: 131, before: 2, since: 1 }),
        refused(132, 'either before or since'),
      );
      for (const [text, why] of [
        ['', 'text has not 2 to 100 characters'],
        ['天', 'text has not 2 to 100 characters'],
        ['😀', 'text has not 2 to 100 characters'],
        ['x'.repeat(101), 'text has not 2 to 100 characters'],
        [5, 'text is not a string'],
        [undefined, 'text is not a string'],
      ] as const)
        t.same(await ask(one, { ...about, msgid: 133, text }), refused(134, why));
      await one.close();
    },

    'messages to nobody are not kept': async (t, place) => {
      await place.accounts(71, 72);
      const one = await place.online(0, 71);
      await one.chat(71, 99_999, 'nobody');
      await one.chat(71, 72, 'somebody');
      await when(one, { id: 71, msgid: 131, toid: 72 }, 1);
      t.same(texts(await ask(one, { id: 71, msgid: 131, toid: 99_999 })), []);
      await one.close();
    },
  },
  '--history',
  '30',
);

t.test('without --history there is none, and a client is told', async (t) => {
  const site = await Site.embedded('--pace', '0');
  t.teardown(() => site.stop());
  await site.database.seed({ user: [{ id: 1, name: 'u1', password: 'pw', state: 'offline' }] });
  const user = await User.online(site.node(0), 1);
  const { can } = await ask(user, { msgid: 101 });
  t.notOk(can.includes('history') || can.includes('search'));
  for (const msgid of [131, 133])
    t.same(
      await ask(user, { id: 1, msgid, toid: 1, text: 'some' }),
      refused(msgid + 1, 'this server keeps no history'),
    );
  await user.close();
});

t.test(
  'while the database is away users go on chatting, and their history is written when it is back',
  async (t) => {
    const site = await ClusterSite.start(1, () => ['--history', '30']);
    t.teardown(() => site.stop());
    await site.accounts(1, 2);
    const [one, two] = [await site.online(0, 1), await site.online(0, 2)];
    await site.mariadb.kill();
    for (let n = 1; n <= 5; n++) await one.chat(1, 2, `${n}`);
    for (let n = 1; n <= 5; n++) t.match(await two.hear(), { msg: `${n}` });
    t.match(await ask(one, { id: 1, msgid: 131, toid: 2 }), { errno: 3, msgid: 132 });
    await site.mariadb.start();
    t.same(texts(await when(one, { id: 1, msgid: 131, toid: 2 }, 5)), ['1', '2', '3', '4', '5']);
    await Promise.all([one.close(), two.close()]);
  },
);

t.test('what was written when the server was told to stop is in the history', async (t) => {
  const site = await ClusterSite.start(2, () => ['--history', '30']);
  t.teardown(() => site.stop());
  await site.accounts(1, 2);
  const one = await site.online(0, 1);
  for (let n = 1; n <= 50; n++) await one.chat(1, 2, `${n}`);
  await one.settle();
  t.equal(await site.node(0).child.stop('SIGTERM'), 0);
  const two = await site.online(1, 2);
  const answer = await ask(two, { id: 2, msgid: 131, toid: 1 });
  t.same(
    texts(answer),
    Array.from({ length: 50 }, (_, n) => `${n + 1}`),
  );
  await two.close();
});
