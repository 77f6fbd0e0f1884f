import t from 'tap';
import { ChatClient, createChatServer, type HistoryPage, Unsupported } from '../../src/index.js';
import { writeDialect } from '../dialects/site.js';
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
    'friends, groups, people and passwords': async (t, place) => {
      await place.accounts(1, 2, 3);
      const [one, two] = [await client(place, 0, 1), await client(place, 1, 2)];
      const three = await place.online(1, 3);
      t.ok((await one.abilities()).has('dissolveGroup'));
      t.same(await one.lookUp('u2'), { id: 2, name: 'u2', online: true });
      t.same(await one.lookUp(), { id: 1, name: 'u1', online: true });
      await t.rejects(one.lookUp('nobody'), { errno: 1, message: 'no such user' });
      await one.makeFriend(2);
      await one.deleteFriend(2);
      await t.rejects(one.deleteFriend(2), { errno: 1, message: 'not a friend' });
      const group = await one.makeGroup('crowd', 'of two');
      await t.rejects(two.enterGroup(group + 1), { errno: 1, message: 'no such group' });
      await two.enterGroup(group);
      await three.say({ id: 3, msgid: 9, groupid: group });
      await three.settle();
      await one.renameGroup(group, 'pair');
      const found = await two.group(group);
      t.match(found, { id: group, name: 'pair', description: 'of two' });
      t.same(found?.members.map(({ id }) => id).sort(), [1, 2, 3]);
      await t.rejects(two.dissolveGroup(group), { errno: 1, message: 'not the creator of the group' });
      await two.leaveGroup(group);
      await one.dissolveGroup(group);
      t.match(await three.hear(), { groupid: group, id: 1, msgid: 10 });
      await one.changePassword('pw', 'other');
      await t.rejects(one.changePassword('pw', 'third'), { message: 'id or password is invalid!' });
      await one.logout();
      t.match(await one.login(1, 'other'), { friends: [], groups: [] });
      t.same(await three.settle(), [], 'a client of the original hears nothing else');
      await Promise.all([one.close(), two.close(), three.close()]);
    },

    'the history: pages, since, search': async (t, place) => {
      await place.accounts(81, 82);
      const [one, two] = [await client(place, 0, 81), await client(place, 1, 82)];
      const sent = Array.from({ length: 7 }, (_, n) => `text ${n + 1}`);
      for (const text of sent) await one.chat(82, text);
      while ((await two.history({ user: 81 })).messages.length < sent.length);
      const textsOf = ({ messages }: HistoryPage) => messages.map(({ message }) => message.text);
      const last = await two.history({ user: 81 }, { most: 3 });
      t.same(textsOf(last), sent.slice(4));
      t.match(last.messages[0], { number: 5, message: { from: { id: 81, name: 'u81' }, group: undefined } });
      const before = await two.history({ user: 81 }, { most: 10, before: last.next ?? 0 });
      t.same(textsOf(before), sent.slice(0, 4));
      t.equal(before.next, undefined);
      t.same(textsOf(await two.history({ user: 81 }, { since: 6 })), ['text 7']);
      const found = await two.search({ user: 81 }, 'TEXT', { most: 2 });
      t.same(textsOf(found), ['text 7', 'text 6']);
      t.same(
        textsOf(await two.search({ user: 81 }, 'text', { before: found.next ?? 0 })),
        sent.slice(0, 5).reverse(),
      );
      await t.rejects(two.history({ user: 81 }, { most: -1 }), { errno: 1, message: /^most is not/ });
      await t.rejects(two.history({ group: 1 }), { errno: 1, message: 'not a member' });
      await t.rejects(two.search({ user: 81 }, ''), { errno: 1, message: /^text has not/ });
      await t.rejects(two.history({ user: 2 ** 40 }), RangeError);
      await Promise.all([one.close(), two.close()]);
    },
  },
  '--history',
  '30',
);

t.test('a server that never says what it can do', async (t) => {
  const dialect = writeDialect({ requests: { abilities: null } });
  t.teardown(() => dialect.remove());
  const server = await createChatServer({ port: 0, data: ':memory:', dialect: dialect.path });
  t.teardown(() => server.stop());
  const client = await ChatClient.connect({ host: server.ip, port: server.port, heartbeat: true });
  t.teardown(() => client.close());
  await client.login(await client.register('one', 'pw'), 'pw');
  await t.rejects(client.deleteFriend(2), new Unsupported('deleteFriend'));
  await t.rejects(client.history({ user: 2 }), new Unsupported('history'));
  await t.rejects(client.makeGroup('g', 'd'), new Unsupported('createGroup'), 'and is asked only once');
  await t.rejects(client.send(1, 'numbered'), new Unsupported('resume'));
  await client.createGroup('g', 'd');
  await client.register('two', 'pw');
  await client.logout();
  t.match(await client.login(1, 'pw'), { groups: [{ name: 'g' }] });
});
