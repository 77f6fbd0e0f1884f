import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { Site } from '../harness/site.js';
import { type Document, User } from '../harness/user.js';
import { ask, items, onAllPlaces, type Place } from './site.js';

t.setTimeout(600_000);

const chat = (id: number, toid: number, seq: number, more: Document = {}): Document => ({
  ...{ id, msg: `text ${seq}`, msgid: 6, seq, toid, ...more },
});
const recall = (id: number, number: unknown) => ({ id, msgid: 123, number });
const done = { errno: 0, msgid: 124 };
const refused = (errmsg: string): Document => ({ errmsg, errno: 1, msgid: 124 });

/** Logs in, and wants to be told of what is taken back. */
async function wishing(place: Place, node: 0 | 1, id: number): Promise<User> {
  const user = await place.online(node, id);
  t.match(await ask(user, { msgid: 101, tell: ['recalled', 'what only a later server knows'] }), {
    errno: 0,
  });
  return user;
}

/** Logs a user in. Resolves with the messages that are stored for it, which it gets by this. */
async function stored(place: Place, id: number): Promise<Document[]> {
  const user = await User.connect(place.site.nodes[1] ?? place.site.node(0));
  const { offlinemsg } = await user.login(id);
  const all = [...items(offlinemsg), ...(await user.settle())];
  await user.close();
  return all;
}

/** A user's answer, once as many messages as expected are written: nobody who chats waits for that. */
async function kept(user: User, request: Document, count: number): Promise<string[]> {
  for (;;) {
    const { messages = [] } = await ask(user, request);
    if (messages.length >= count) return messages.map(({ document }: Document) => document.msg);
  }
}

// Each has users of its own: numbers are remembered.
await onAllPlaces(
  t,
  {
    'DIFFERENCES 24: who has asked for it is told that a message is taken back, nobody else': async (
      t,
      place,
    ) => {
      await place.accounts(11, 12, 13);
      const one = await place.online(0, 11);
      const [two, three] = [await wishing(place, 1, 12), await place.online(1, 13)];
      t.ok((await ask(one, { msgid: 101 })).can.includes('recall'));
      for (const [seq, toid] of [
        [1, 12],
        [2, 13],
        [3, 12],
      ] as const)
        await ask(one, chat(11, toid, seq));
      t.same(await ask(one, { ...recall(11, 1), seq: 'any' }), { ...done, seq: 'any' });
      t.same(await ask(one, recall(11, 2)), done);
      t.match(await two.hear(), { seq: 1 });
      t.match(await two.hear(), { seq: 3 });
      t.same(await two.hear(), { id: 11, msgid: 125, seq: 1 });
      t.same(
        (await three.settle()).map(({ msgid }) => msgid),
        [6],
      );
      t.same(await ask(one, recall(11, 1)), refused('the message has been taken back already'));
      t.match(await ask(one, chat(11, 12, 1)), { errno: 0, seq: 1 }, 'it has arrived all the same');
      t.same(await two.settle(), [], 'and does not come again');
      t.match(await ask(two, { msgid: 101, tell: [] }), { errno: 0 });
      t.same(await ask(one, recall(11, 3)), done);
      t.same(await two.settle(), [], 'who wants to hear nothing more');
      await Promise.all([one.close(), two.close(), three.close()]);
    },

    'what is stored is removed, however it is stored, and nothing else': async (t, place) => {
      await place.accounts(21, 22, 23);
      const [one, three] = [await place.online(0, 21), await place.online(0, 23)];
      const long = { msg: '很长的话 "quoted" '.repeat(90) };
      await ask(one, chat(21, 22, 1));
      await ask(one, chat(21, 22, 2, { msg: '你好吗 😀' }));
      await ask(one, chat(21, 22, 3, long));
      await ask(one, chat(21, 22, 30));
      // Of somebody else, with the same number; and what only looks like it.
      await ask(three, chat(23, 22, 3));
      await three.say({ id: 23, msg: 'x', msgid: 6, nested: { id: 21, seq: 3 }, toid: 22 });
      await three.settle();
      for (const number of [2, 3]) t.same(await ask(one, recall(21, number)), done);
      t.same(
        (await stored(place, 22)).map(({ id, seq }) => [id, seq]),
        [
          [21, 1],
          [21, 30],
          [23, 3],
          [23, undefined],
        ],
      );
      await Promise.all([one.close(), three.close()]);
    },

    'a message to a group: its members, and what is stored for them': async (t, place) => {
      await place.accounts(31, 32, 33, 34);
      const one = await wishing(place, 0, 31);
      const two = await wishing(place, 1, 32);
      const { groupid } = await ask(one, { id: 31, msgid: 8, groupname: 'g', groupdesc: 'd', seq: 1 });
      await ask(two, { id: 32, msgid: 9, groupid, seq: 1 });
      for (const id of [33, 34]) {
        const user = await place.online(0, id);
        await ask(user, { id, msgid: 9, groupid, seq: 1 });
        await user.say({ id, msgid: 3 });
        await user.settle();
        await user.close();
      }
      for (const seq of [1, 2])
        t.match(await ask(one, { groupid, id: 31, msg: `${seq}`, msgid: 10, seq }), { state: 'stored' });
      t.same(await ask(one, recall(31, 1)), done);
      t.match(await two.hear(), { msgid: 10, seq: 1 });
      t.match(await two.hear(), { msgid: 10, seq: 2 });
      t.same(await two.hear(), { groupid, id: 31, msgid: 125, seq: 1 });
      for (const id of [33, 34])
        t.same(
          (await stored(place, id)).map(({ seq }) => seq),
          [2],
        );
      t.same(await one.settle(), [], 'the sender knows');
      await Promise.all([one.close(), two.close()]);
    },

    'the history has it no more, and finds nothing of it': async (t, place) => {
      await place.accounts(41, 42);
      const [one, two] = [await place.online(0, 41), await place.online(1, 42)];
      const page = { id: 41, msgid: 131, toid: 42 };
      for (const seq of [1, 2, 3]) await ask(one, chat(41, 42, seq, { msg: `pineapple ${seq}` }));
      t.equal((await kept(one, page, 3)).length, 3);
      t.same(await ask(one, recall(41, 2)), done);
      t.same(await kept(one, page, 2), ['pineapple 1', 'pineapple 3']);
      const found = await kept(two, { id: 42, msgid: 133, text: 'pineapple', toid: 41 }, 0);
      t.notOk(found.includes('pineapple 2'));
      // At once: it may not be written down yet.
      await ask(one, chat(41, 42, 4, { msg: 'pineapple 4' }));
      t.same(await ask(one, recall(41, 4)), done);
      await ask(one, chat(41, 42, 5, { msg: 'pineapple 5' }));
      t.same(await kept(one, page, 3), ['pineapple 1', 'pineapple 3', 'pineapple 5']);
      await two.settle();
      await Promise.all([one.close(), two.close()]);
    },

    'refused: of somebody else, of nobody, without a number, without a login': async (t, place) => {
      await place.accounts(51, 52);
      const [one, two] = [await place.online(0, 51), await wishing(place, 1, 52)];
      await ask(one, chat(51, 52, 5));
      t.match(await two.hear(), { seq: 5 });
      t.same(await ask(two, recall(52, 5)), refused('no such message'), "a number is its own sender's");
      t.same(await ask(two, recall(51, 5)), refused('not logged in as the sender'));
      for (const number of [4, 6]) t.same(await ask(one, recall(51, number)), refused('no such message'));
      for (const number of [undefined, null, '5', 5.5, 0, -1, 2 ** 31])
        t.same(
          await ask(one, recall(51, number)),
          refused('number is not a whole number from 1 to 2147483647'),
        );
      t.same(await ask(one, { msgid: 101, tell: 'recalled' }), {
        ...{ errmsg: 'tell is not a list', errno: 1, msgid: 102 },
      });
      // One that nobody can get has not come.
      t.match(await ask(one, chat(51, 99, 6)), { errno: 1, seq: 6 });
      t.same(await ask(one, recall(51, 6)), refused('no such message'));
      await ask(one, chat(51, 52, 2000));
      t.same(await ask(one, recall(51, 5)), refused('the message is too old to be taken back'));
      t.same(
        (await two.settle()).map(({ msgid }) => msgid),
        [6],
      );
      await Promise.all([one.close(), two.close()]);
    },

    'after a restart of its sender, and at another node': async (t, place) => {
      await place.accounts(61, 62);
      const first = await place.online(0, 61);
      await ask(first, chat(61, 62, 1));
      await first.say({ id: 61, msgid: 3 });
      await first.settle();
      await first.close();
      const again = await place.online(1, 61);
      t.same(await ask(again, recall(61, 1)), done);
      t.same(await ask(again, recall(61, 1)), refused('the message has been taken back already'));
      t.same(await stored(place, 62), []);
      await again.close();
    },
  },
  '--history',
  '1',
);

t.test('one that is too old is not taken back, and --recall 0 takes none back', async (t) => {
  const site = await Site.embedded('--recall', '1');
  t.teardown(() => site.stop());
  const user = [1, 2].map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' }));
  await site.database.seed({ user });
  const one = await User.online(site.node(0), 1);
  await ask(one, chat(1, 2, 1));
  // The whole second in which it came, and the one that it may be old.
  await delay(2100);
  t.same(await ask(one, recall(1, 1)), refused('the message is too old to be taken back'));
  const off = await Site.embedded('--recall', '0');
  t.teardown(() => off.stop());
  await off.database.seed({ user });
  const other = await User.online(off.node(0), 1);
  t.notOk((await ask(other, { msgid: 101 })).can.includes('recall'));
  await ask(other, chat(1, 2, 1));
  t.same(await ask(other, recall(1, 1)), refused('messages are not taken back here'));
  await Promise.all([one.close(), other.close()]);
});

t.test(
  'what an original node has stored is removed, too; while the database is away nothing is',
  async (t) => {
    const site = await ClusterSite.start(1);
    t.teardown(() => site.stop());
    await site.accounts(1, 2, 3);
    const one = await site.online(0, 1);
    const three = await site.online(0, 3);
    await ask(one, chat(1, 3, 1));
    await ask(one, chat(1, 2, 2));
    t.match(await three.hear(), { seq: 1 });
    const { user, offlinemessage, ...others } = await site.database.rows();
    t.equal(offlinemessage.length, 1);
    // As the original writes it.
    await site.database.seed({ ...others, user, offlinemessage: [...offlinemessage, ...offlinemessage] });
    await site.mariadb.kill();
    t.match(await ask(one, recall(1, 2)), { errno: 3, msgid: 124 });
    await site.mariadb.start();
    for (;;) {
      const answer = await ask(one, recall(1, 2));
      if (answer.errno === 3) continue;
      t.same(answer, done);
      break;
    }
    const two = await User.connect(site.node(0));
    t.notOk('offlinemsg' in (await two.login(2)));
    t.same(await two.settle(), []);
    await Promise.all([one.close(), two.close(), three.close()]);
  },
);
