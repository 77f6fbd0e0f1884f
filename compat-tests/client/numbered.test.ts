import t from 'tap';
import { ChatClient } from '../../src/index.js';
import { ClusterSite } from '../cluster/site.js';
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
      // A message that comes again is written down once.
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

    'a message that is taken back, and who is told': async (t, place) => {
      await place.accounts(21, 22);
      const { port } = place.site.nodes[1] ?? place.site.node(0);
      const two = await ChatClient.connect({ host: '127.0.0.1', port, tell: ['recalled'] });
      const one = await client(place, 0, 21);
      const heard: unknown[] = [];
      two.on('recalled', (recalled) => heard.push(recalled));
      await two.login(22, 'pw');
      // It is asked with the login: this answer is behind it.
      t.ok((await two.abilities()).has('recall'));
      const numbers: number[] = [];
      const numbering = { numbered: (seq: number) => numbers.push(seq) };
      await one.send(22, 'first', numbering);
      const group = await one.makeGroup('taken back', '');
      await two.enterGroup(group);
      await one.sendToGroup(group, 'second', numbering);
      t.same(numbers, [1, 2]);
      for (const seq of numbers) await one.recall(seq);
      await until(async () => heard.length === 2, 'both to be told');
      t.same(heard, [
        { from: 21, group: undefined, seq: 1 },
        { from: 21, group, seq: 2 },
      ]);
      await t.rejects(one.recall(1), { errno: 1, message: 'the message has been taken back already' });
      t.equal(await one.send(22, 'first', { seq: 1 }), place.site.nodes.length > 1 ? 'elsewhere' : 'here');
      await Promise.all([one.close(), two.close()]);
    },
  },
  '--history',
  '30',
);

t.test('the first message of a client waits while the database is away', async (t) => {
  const site = await ClusterSite.start(1);
  t.teardown(() => site.stop());
  await site.accounts(1, 2);
  const one = await ChatClient.connect({ host: '127.0.0.1', port: site.node(0).port });
  await one.login(1, 'pw');
  await site.mariadb.kill();
  const sent = one.send(2, 'waits');
  // It is answered that it cannot be said now, before this.
  await one.abilities();
  await t.rejects(one.changePassword('pw', 'other'), { errno: 3, message: /unavailable/ });
  await site.mariadb.start();
  t.equal(await sent, 'stored');
  await one.close();
});
