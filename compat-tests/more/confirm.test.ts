import t from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { type Document, User } from '../harness/user.js';
import { comesAgain, confirm, confirming, hearAll, heard, textsAfterLogin } from './confirming.js';
import { ask, onAllPlaces } from './site.js';

t.setTimeout(600_000);

/** More than a connection takes for somebody who does not have it yet. */
const MANY = 3000;

/** Counts that nobody can have, by what was said before. */
const WRONG: Readonly<Record<string, (had: number, before: number) => unknown>> = {
  'more than was sent': (had) => had + 1,
  'less than before': (_, before) => before - 1,
  'less than nothing': () => -1,
  'a part of a byte': (had) => had - 0.5,
  'a text': (had) => `${had}`,
  nothing: () => null,
  'more than any number': () => 2 ** 53,
  'more than 64 bits': () => 2 ** 64,
  'a number with an exponent': () => 1e30,
  'nothing of what it has confirmed': () => 0,
  'a list': (had) => [had],
};

/** Nobody can begin with these. */
const NO_BEGINNING: readonly unknown[] = [-1, 0.5, '0', null, [0], 2 ** 53, 2 ** 64, 1e30];

const REFUSED = {
  errmsg: 'bytes is no whole number, less than the one before, or more than was sent',
  errno: 1,
  msgid: 152,
};

await onAllPlaces(t, {
  'DIFFERENCES 24: a client that says what it has gets again what it has not, and nothing else': async (
    t,
    place,
  ) => {
    await place.accounts(1, 2);
    const [one, two] = [await place.online(0, 1), await place.connect(1)];
    t.ok((await ask(two, { msgid: 101 })).can.includes('confirm'));
    t.equal((await confirming(two, 2)).errno, 0);
    await confirm(two);
    await one.chat(1, 2, 'first');
    t.equal((await heard(two)).msg, 'first');
    await confirm(two);
    await one.chat(1, 2, 'second');
    // It comes once the first one is confirmed.
    t.equal((await heard(two)).msg, 'second');
    await one.chat(1, 2, 'third');
    await one.settle();
    two.client.reset();
    t.same(await comesAgain(place, 2), ['second', 'third']);
    t.same(await comesAgain(place, 2), []);
    await one.close();
  },

  'what was stored is deleted when the reply to the login is confirmed': async (t, place) => {
    await place.accounts(11, 12);
    const one = await place.online(0, 11);
    for (const text of ['a', 'b', 'c']) await one.chat(11, 12, text);
    await one.settle();
    for (const _ of [1, 2]) {
      const two = await place.connect(1);
      t.equal((await confirming(two, 12)).offlinemsg.length, 3);
      two.client.reset();
    }
    const two = await place.connect(1);
    t.equal((await confirming(two, 12)).offlinemsg.length, 3);
    await confirm(two);
    // Its answer says that what was confirmed before is deleted.
    t.match(await heartbeat(two), { msgid: 104 });
    two.client.reset();
    t.same(await comesAgain(place, 12), []);
    await one.close();
  },

  'what a client has is seen in front of what it has asked before': async (t, place) => {
    await place.accounts(21);
    const two = await place.connect(1);
    await ask(two, { msgid: 151 });
    await confirm(two);
    // The heartbeat is not answered before the reply to the login has arrived.
    await two.say('{"id":21,"msgid":1,"password":"pw"}{"msgid":103}');
    t.match(await heard(two), { errno: 0, msgid: 2 });
    const { had } = two;
    await confirm(two);
    t.match(await two.hear(), { bytes: had, errno: 0, msgid: 152 }, 'so much does not come again');
    t.match(await two.hear(), { errno: 0, msgid: 104 });
    await two.close();
  },

  'who says to have what it cannot have is sent away, and gets it again': async (t, place) => {
    await place.accounts(31, 32);
    const one = await place.online(0, 31);
    for (const [what, of] of Object.entries(WRONG)) {
      const two = await place.connect(1);
      await confirming(two, 32);
      await confirm(two);
      const before = two.had;
      await one.chat(31, 32, what);
      t.equal((await heard(two)).msg, what);
      await confirm(two, of(two.had, before));
      t.same((await two.rest()).at(-1), REFUSED, what);
      t.same(await comesAgain(place, 32), [what]);
    }
    await one.close();
  },

  'who begins with what it cannot have is refused, and may begin then': async (t, place) => {
    await place.accounts(81, 82);
    const [one, two] = [await place.online(0, 81), await place.connect(1)];
    for (const bytes of NO_BEGINNING) t.same(await ask(two, { bytes, msgid: 151 }), REFUSED, `${bytes}`);
    t.same(await ask(two, { bytes: two.had + 1, msgid: 151 }), REFUSED, 'more than was sent');
    const { errno } = await confirming(two, 82);
    t.equal(errno, 0);
    await one.chat(81, 82, 'a text');
    await confirm(two);
    t.equal((await heard(two)).msg, 'a text');
    await confirm(two);
    await Promise.all([one.close(), two.close()]);
  },

  'the same count again is no harm, also where it is 0': async (t, place) => {
    await place.accounts(83, 84);
    const [one, two] = [await place.online(0, 83), await place.connect(1)];
    t.equal((await ask(two, { msgid: 151 })).errno, 0);
    for (const _ of [1, 2, 3]) await confirm(two, 0);
    await confirm(two);
    await two.say({ id: 84, msgid: 1, password: 'pw' });
    t.match(await heard(two), { errno: 0, msgid: 2 });
    for (const text of ['a', 'b']) {
      for (const _ of [1, 2, 3]) await confirm(two);
      await one.chat(83, 84, text);
      t.equal((await heard(two)).msg, text);
    }
    await two.say({ bytes: two.had, end: true, msgid: 151 });
    t.same(await two.rest(), []);
    t.same(await comesAgain(place, 84), []);
    await one.close();
  },

  'one that never confirms is kept little for, and disturbs nobody': async (t, place) => {
    await place.accounts(41, 42, 43);
    const [one, two] = [await place.online(0, 41), await place.connect(1)];
    await confirming(two, 42);
    await confirm(two);
    const three = await place.online(1, 43);
    for (let n = 0; n < MANY; n += MANY / 10) {
      const some = Array.from({ length: MANY / 10 }, (_, i) => chat(41, 42, `${n + i}`.padEnd(200, '.')));
      await one.say(some.join(''));
      await one.chat(41, 43, `${n}`);
      t.equal((await three.hear()).msg, `${n}`);
    }
    await one.settle();
    // It has what was written first, and says no word of it.
    t.match((await heard(two)).msg, /^0\./);
    two.client.reset();
    const again = await place.connect(1);
    const texts = await textsAfterLogin(again, 42);
    // Messages that do not fit into the reply follow it, and nobody waits for that.
    while (texts.length < MANY) texts.push((await again.hear()).msg);
    await again.close();
    t.same(
      texts.map((text) => Number.parseInt(text, 10)),
      Array.from({ length: MANY }, (_, n) => n),
      'all of it, in order',
    );
    await Promise.all([one.close(), three.close()]);
  },

  'one that confirms gets any number of messages once, in order': async (t, place) => {
    await place.accounts(51, 52);
    const [one, two] = [await place.online(0, 51), await place.connect(1)];
    await confirming(two, 52);
    await confirm(two);
    const all = Array.from({ length: MANY }, (_, n) => `${n}`.padEnd(200, '.'));
    const [heardAll] = await Promise.all([
      hearAll(two, MANY),
      one.say(all.map((text) => chat(51, 52, text)).join('')),
    ]);
    t.same(heardAll, all);
    two.client.reset();
    t.same(await comesAgain(place, 52), []);
    await one.close();
  },

  'a logout: what is confirmed meanwhile does not come again, what is not does': async (t, place) => {
    await place.accounts(61, 62);
    const one = await place.online(0, 61);
    for (const isConfirmed of [true, false]) {
      const two = await place.connect(1);
      await confirming(two, 62);
      await confirm(two);
      await one.chat(61, 62, 'a text');
      t.equal((await heard(two)).msg, 'a text');
      // In one read: a logout waits for two seconds only.
      const logout = '{"id":62,"msgid":3}';
      if (isConfirmed) {
        await two.say(`${logout}{"bytes":${two.had},"msgid":151}`);
        // Answered after the logout.
        t.match(await heartbeat(two), { msgid: 104 });
        two.client.reset();
      } else {
        await two.say(logout);
        await two.rest();
      }
      t.same(await comesAgain(place, 62), isConfirmed ? [] : ['a text']);
    }
    await one.close();
  },

  'who wants the end has what it says, and who ends its side gets it again': async (t, place) => {
    await place.accounts(71, 72);
    const one = await place.online(0, 71);
    for (const isEnd of [true, false]) {
      const two = await place.connect(1);
      await confirming(two, 72);
      await confirm(two);
      await one.chat(71, 72, 'a text');
      t.equal((await heard(two)).msg, 'a text');
      if (isEnd) await two.say({ bytes: two.had, end: true, msgid: 151 });
      else two.client.finish();
      t.same(await two.rest(), []);
      t.same(await comesAgain(place, 72), isEnd ? [] : ['a text']);
    }
    await one.close();
  },
});

t.test('a server that stops: what is not confirmed comes again', async (t) => {
  const site = await ClusterSite.start(2);
  t.teardown(() => site.stop());
  await site.accounts(1, 2);
  const [one, two] = [await site.online(0, 1), await User.connect(site.node(1))];
  await confirming(two, 2);
  await confirm(two);
  await one.chat(1, 2, 'a text');
  t.equal((await heard(two)).msg, 'a text');
  await site.node(1).child.stop('SIGTERM');
  t.same(await two.rest(), []);
  t.same(await comesAgain({ connect: () => User.connect(site.node(0)) }, 2), ['a text']);
  await one.close();
});

async function heartbeat(user: User): Promise<Document> {
  await user.say({ msgid: 103 });
  return heard(user);
}

/** A chat as it is sent. */
function chat(id: number, toid: number, msg: string): string {
  return `${JSON.stringify({ id, msg, msgid: 6, toid })}\0`;
}
