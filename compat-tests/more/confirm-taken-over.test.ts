import t from 'tap';
import { writeDialect } from '../dialects/site.js';
import type { Document, User } from '../harness/user.js';
import { confirm, confirming, heard } from './confirming.js';
import { items, onBothStores } from './site.js';

t.setTimeout(600_000);

const dialect = writeDialect({ takeover: true });
t.teardown(() => dialect.remove());

const TEXTS = ['first', 'second', 'third'];

await onBothStores(
  t,
  {
    'who is taken over: what is not confirmed comes once, in order, to who has the account now': async (
      t,
      place,
    ) => {
      await place.accounts(1, 2);
      const one = await place.online(0, 1);
      // To the same node, and to the other one where there is one. What was ready came in one write, and is unconfirmed, too.
      for (const node of [1, 0] as const) {
        const before = await place.connect(1);
        await confirming(before, 2);
        await confirm(before);
        await one.chat(1, 2, 'confirmed');
        t.equal((await heard(before)).msg, 'confirmed');
        await confirm(before);
        for (const text of TEXTS) await one.chat(1, 2, text);
        t.equal((await heard(before)).msg, TEXTS[0]);
        await one.settle();
        const now = await place.connect(node);
        t.same(await textsOf(now, await now.login(2), TEXTS.length), TEXTS);
        await before.rest();
        await one.chat(1, 2, 'last');
        t.equal((await now.hear()).msg, 'last', 'nothing of it comes twice');
        await now.say({ id: 2, msgid: 3 });
        t.same(await now.settle(), []);
        t.same(await textsOf(now, await now.login(2), 0), [], 'and none is stored still');
        await now.close();
      }
      await one.close();
    },

    'who is taken over by a client that confirms, and again: only what neither has confirmed': async (
      t,
      place,
    ) => {
      await place.accounts(11, 12);
      const one = await place.online(0, 11);
      let before: User | undefined;
      let stays: string[] = [];
      for (const node of [0, 1, 1, 0] as const) {
        const now = await place.connect(node);
        const reply = await confirming(now, 12);
        await confirm(now);
        if (before !== undefined) await before.rest();
        t.same(await textsOf(now, reply, stays.length), stays, `at node ${node}`);
        await one.chat(11, 12, `confirmed ${node}`);
        t.equal((await heard(now)).msg, `confirmed ${node}`);
        await confirm(now);
        stays = TEXTS.map((text) => `${text} ${node}`);
        for (const text of stays) await one.chat(11, 12, text);
        t.equal((await heard(now)).msg, stays[0]);
        await one.settle();
        before = now;
      }
      await Promise.all([one.close(), before?.close()]);
    },
  },
  '--dialect',
  dialect.path,
);

/** The texts that a login brings, in its reply and behind it: so many at least. Each is confirmed by who confirms. */
async function textsOf(user: User, reply: Document, count: number): Promise<string[]> {
  if (reply.errno !== 0) throw new Error(`login: ${reply.errno}`);
  const texts = items(reply.offlinemsg).map(({ msg }) => msg);
  while (texts.length < count) texts.push((await heard(user)).msg);
  return texts;
}
