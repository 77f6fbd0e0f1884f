import t from 'tap';
import { ChatClient } from '../../src/index.js';
import { until } from '../harness/deadline.js';
import { onBothStores, type Place } from '../more/site.js';

t.setTimeout(600_000);

/** A client of ours, logged in. */
async function client({ site }: Place, node: number, id: number): Promise<ChatClient> {
  const { port } = site.nodes[node] ?? site.node(0);
  const client = await ChatClient.connect({ host: '127.0.0.1', port });
  await client.login(id, 'pw');
  return client;
}

await onBothStores(
  t,
  {
    'messages with a number': async (t, place) => {
      await place.accounts(11, 12, 13);
      const [one, two] = [await client(place, 0, 11), await client(place, 0, 12)];
      const heard: unknown[] = [];
      two.on('message', ({ from, group, text, document }) =>
        heard.push([from.id, group, text, document.seq]),
      );
      t.equal(await one.send(12, 'first'), 'here');
      t.equal(await one.send(13, 'second'), 'stored');
      const group = await one.makeGroup('numbered', '');
      t.equal(await one.sendToGroup(group, 'to nobody'), 'here');
      await two.enterGroup(group);
      t.equal(await one.sendToGroup(group, 'to all'), 'here');
      await t.rejects(one.send(99, 'nobody'), { errno: 1, message: /no such user/ });
      await t.rejects(one.send(12, 'x'.repeat(70_000)), RangeError);
      const all = await Promise.all(Array.from({ length: 1200 }, (_, n) => one.send(12, `${n}`)));
      t.ok(all.every((fate) => fate === 'here'));
      await until(async () => heard.length === 1202, 'all to come');
      t.same(heard.slice(0, 3), [
        [11, undefined, 'first', 1],
        [11, group, 'to all', 4],
        [11, undefined, '0', 7],
      ]);
      t.same(
        heard.slice(2).map((each) => (each as unknown[])[2]),
        all.map((_, n) => `${n}`),
      );
      // What comes again is written down once.
      let page = await two.history({ user: 11 }, { most: 200 });
      while (page.messages.at(-1)?.message.text !== '1199')
        page = await two.history({ user: 11 }, { most: 200 });
      t.equal(page.messages.at(-1)?.number, 1201);
      await one.logout();
      await one.login(11, 'pw');
      t.equal(await one.send(12, 'goes on'), 'here');
      await until(async () => heard.length === 1203, 'the last to come');
      t.match(heard.at(-1), [11, undefined, 'goes on', 1207]);
      await Promise.all([one.close(), two.close()]);
    },
  },
  '--history',
  '30',
);
