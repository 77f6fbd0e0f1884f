import t from 'tap';
import { type Document, User } from '../harness/user.js';
import { ask, items, onAllPlaces, type Place } from './site.js';

t.setTimeout(600_000);

const chat = (id: number, toid: number, seq: unknown, msg = `${seq}`): Document => ({
  ...{ id, msg, msgid: 6, seq, toid },
});

const acked = (seq: number, state: string): Document => ({ errno: 0, msgid: 119, seq, state });

const refused = (seq: unknown, errmsg: string): Document => ({ errmsg, errno: 1, msgid: 119, seq });

/** Everything that a user has been told, once its requests are handled. */
async function after(user: User, ...requests: Document[]): Promise<Document[]> {
  for (const request of requests) await user.say(request);
  return user.settle();
}

/** Logs out, and waits until that is done: `settle` is answered on the connection that stays. */
async function gone(user: User, id: number): Promise<void> {
  await user.say({ id, msgid: 3 });
  await user.settle();
}

/** Logs a user in. Resolves with the messages that are stored for it, which it gets by this. */
async function stored(place: Place, id: number): Promise<Document[]> {
  const user = await User.connect(place.site.nodes[1] ?? place.site.node(0));
  const { offlinemsg } = await user.login(id);
  const all = [...items(offlinemsg), ...(await user.settle())];
  await user.close();
  return all;
}

// Each has users of its own: numbers are remembered.
const checks: Parameters<typeof onAllPlaces>[1] = {
  'DIFFERENCES 24: the sender of a message with a number is told where it went': async (t, place) => {
    await place.accounts(11, 12, 13, 14);
    const [one, two, three] = [
      await place.online(0, 11),
      await place.online(0, 12),
      await place.online(1, 13),
    ];
    t.same(await ask(one, chat(11, 12, 1)), acked(1, 'here'));
    t.same(await ask(one, chat(11, 13, 2)), acked(2, place.processes === 2 ? 'elsewhere' : 'here'));
    t.same(await ask(one, chat(11, 14, 3)), acked(3, 'stored'));
    // A user who has asked for nothing gets the document as the original passes it on.
    t.equal(
      (await two.client.takeWhen((bytes) => bytes.includes('}'), 'a chat')).toString(),
      '{"id":11,"msg":"1","msgid":6,"seq":1,"toid":12}',
    );
    t.same(await three.hear(), chat(11, 13, 2));
    t.same(await stored(place, 14), [chat(11, 14, 3)]);
    t.same(
      await after(one, { id: 11, msg: 'no number', msgid: 6, toid: 12 }),
      [],
      'without a number nothing is told',
    );
    await Promise.all([one.close(), two.close(), three.close()]);
  },

  'a group message: the weakest of its members': async (t, place) => {
    await place.accounts(21, 22, 23);
    const [one, two] = [await place.online(0, 21), await place.online(0, 22)];
    const { groupid } = await ask(one, { id: 21, msgid: 8, groupname: 'g', groupdesc: 'd', seq: 1 });
    const group = (seq: unknown) => ({ groupid, id: 21, msg: `${seq}`, msgid: 10, seq });
    t.same(await ask(one, group(1)), acked(1, 'here'), 'nobody else is in it');
    await ask(two, { id: 22, msgid: 9, groupid, seq: 1 });
    t.same(await ask(one, group(2)), acked(2, 'here'));
    const three = await place.online(1, 23);
    await ask(three, { id: 23, msgid: 9, groupid, seq: 1 });
    t.same(await ask(one, group(3)), acked(3, place.processes === 2 ? 'elsewhere' : 'here'));
    await gone(three, 23);
    t.same(await ask(one, group(4)), acked(4, 'stored'));
    t.same(await ask(one, group(4)), acked(4, 'stored'), 'again');
    t.same(
      (await after(two)).map(({ seq }) => seq),
      [2, 3, 4],
    );
    t.same(await ask(one, { ...group(5), groupid: groupid + 1 }), refused(5, 'not a member'));
    t.same(await ask(one, group(5)), acked(5, 'stored'), 'a number that was refused can be given again');
    await Promise.all([one.close(), two.close(), three.close()]);
  },

  'the same number again is delivered once, also at another node': async (t, place) => {
    await place.accounts(31, 32, 33);
    const two = await place.online(0, 32);
    let one = await place.online(0, 31);
    t.same(await ask(one, { id: 31, msgid: 121 }), { errno: 0, last: 0, msgid: 122 });
    t.same(await ask(one, chat(31, 32, 1)), acked(1, 'here'));
    t.same(await ask(one, chat(31, 32, 1, 'other')), acked(1, 'here'));
    t.same(await ask(one, chat(31, 33, 2)), acked(2, 'stored'));
    t.same(await ask(one, chat(31, 32, 7)), acked(7, 'here'));
    for (const node of [1, 0] as const) {
      await gone(one, 31);
      await one.close();
      one = await place.online(node, 31);
      t.same(await ask(one, chat(31, 32, 1)), acked(1, 'here'));
      t.same(await ask(one, chat(31, 33, 2)), acked(2, 'stored'));
      t.same(await ask(one, { id: 31, msgid: 121, seq: 'any' }), {
        errno: 0,
        last: 7,
        msgid: 122,
        seq: 'any',
      });
    }
    t.same(await ask(one, chat(31, 32, 5)), acked(5, 'here'), 'one that was left out is new');
    t.same(
      (await after(two)).map(({ seq }) => seq),
      [1, 7, 5],
    );
    t.equal((await stored(place, 33)).length, 1);
    await Promise.all([one.close(), two.close()]);
  },

  'the last 1,000 are remembered, what is below is refused': async (t, place) => {
    await place.accounts(41, 42);
    const two = await place.online(0, 42);
    let one = await place.online(0, 41);
    t.same(await ask(one, chat(41, 42, 1)), acked(1, 'here'));
    t.same(await ask(one, chat(41, 42, 2)), acked(2, 'here'));
    t.same(await ask(one, chat(41, 42, 1001)), acked(1001, 'here'));
    for (const node of [0, 1] as const) {
      await gone(one, 41);
      await one.close();
      one = await place.online(node, 41);
      t.same(await ask(one, chat(41, 42, 2)), acked(2, 'here'));
      t.same(await ask(one, chat(41, 42, 1)), refused(1, 'seq is below those of the last 1000 messages'));
    }
    t.same(
      await ask(one, chat(41, 42, 2 ** 31 - 1)),
      acked(2 ** 31 - 1, place.processes === 2 ? 'elsewhere' : 'here'),
    );
    t.same(await ask(one, chat(41, 42, 1001)), refused(1001, 'seq is below those of the last 1000 messages'));
    t.same(
      (await after(two)).map(({ seq }) => seq),
      [1, 2, 1001, 2 ** 31 - 1],
    );
    await Promise.all([one.close(), two.close()]);
  },

  'what is no number is refused, and not delivered': async (t, place) => {
    await place.accounts(51, 52);
    const [one, two] = [await place.online(0, 51), await place.online(1, 52)];
    const why = 'seq is no whole number from 1 to 2147483647';
    for (const seq of [0, -1, 2 ** 31, 2 ** 40, '1', true, null, [1], { seq: 1 }])
      t.same(await ask(one, chat(51, 52, seq)), refused(seq, why), JSON.stringify(seq));
    for (const seq of ['1.0', '1e3', '1.5', '18446744073709551615', '-9223372036854775808']) {
      await one.say(`{"id":51,"msg":"x","msgid":6,"seq":${seq},"toid":52}\0`);
      t.match(await one.hear(), { errmsg: why, errno: 1, msgid: 119 }, seq);
    }
    await one.say(' {"toid":52,"seq":5,"msgid":6,"msg":"y","id":51} \0');
    t.match(await one.hear(), { errno: 0, msgid: 119, seq: 5 }, 'however it is written');
    t.same(await ask(one, chat(52, 51, 9)), refused(9, 'not logged in as the sender'));
    t.same(
      await ask(one, chat(51, 149, 9)),
      refused(9, 'there is no such user, or the message can never be stored'),
    );
    t.same(await ask(one, { id: 51, msgid: 6, seq: 9 }), refused(9, 'toid is not a number'));
    t.same(await ask(one, { id: 52, msgid: 121 }), {
      ...{ errmsg: 'not logged in as the sender', errno: 1, msgid: 122 },
    });
    t.same(
      (await after(two)).map(({ seq }) => seq),
      [5],
    );
    await Promise.all([one.close(), two.close()]);
  },

  'many at once come in order, each once, and so do their answers': async (t, place) => {
    await place.accounts(61, 62, 63);
    const [one, two] = [await place.online(0, 61), await place.online(1, 62)];
    const numbers = Array.from({ length: 1500 }, (_, n) => n + 1);
    const all = numbers.map((n) => `${JSON.stringify(chat(61, n % 3 === 0 ? 63 : 62, n))}\0`);
    const again = all.slice(-1000).join('');
    await one.say(all.join('') + again);
    const answers: Document[] = [];
    // The answer to a message that comes again while it is on its way is told once.
    while (new Set(answers.map(({ seq }) => seq)).size < 1500) answers.push(await one.hear());
    t.ok(answers.every(({ errno }) => errno === 0));
    const heard: number[] = [];
    while (heard.at(-1) !== 1499) heard.push((await two.hear()).seq);
    t.same(
      heard,
      numbers.filter((n) => n % 3 !== 0),
    );
    t.same(await after(two), []);
    t.same(
      (await stored(place, 63)).map(({ seq }) => seq),
      numbers.filter((n) => n % 3 === 0),
    );
    await Promise.all([one.close(), two.close()]);
  },
};

await onAllPlaces(t, checks);
