import { Redis as RedisClient } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { until } from '../harness/deadline.js';
import { alone } from './alone.js';
import { ask } from './site.js';

t.setTimeout(600_000);

const chat = (seq: unknown) => ({ id: 1, msg: `${seq}`, msgid: 6, seq, toid: 2 });

t.test('a user of an original node gets the document as it came, and that counts as elsewhere', async (t) => {
  const site = await ClusterSite.start(1);
  t.teardown(() => site.stop());
  await site.accounts(1, 2);
  const one = await site.online(0, 1);
  const original = new RedisClient(site.redis.port);
  t.teardown(() => original.disconnect());
  const heard: string[] = [];
  original.on('message', (_channel, message) => heard.push(message));
  await original.subscribe('2');
  t.same(await ask(one, chat(1)), { errno: 0, msgid: 119, seq: 1, state: 'elsewhere' });
  t.same(await ask(one, chat(1)), { errno: 0, msgid: 119, seq: 1, state: 'elsewhere' });
  t.same(await ask(one, chat(2)), { errno: 0, msgid: 119, seq: 2, state: 'elsewhere' });
  await until(async () => heard.length === 2, 'both to come');
  t.same(heard, [JSON.stringify(chat(1)), JSON.stringify(chat(2))]);
  await one.close();
});

t.test('while the database is away numbers are remembered, and not known of who has just come', async (t) => {
  const site = await ClusterSite.start(1);
  t.teardown(() => site.stop());
  await site.accounts(1, 2, 3);
  const [one, two, three] = [await site.online(0, 1), await site.online(0, 2), await site.online(0, 3)];
  t.match(await ask(one, chat(1)), { errno: 0, seq: 1, state: 'here' });
  await site.mariadb.kill();
  t.match(await ask(one, chat(2)), { errno: 0, seq: 2, state: 'here' }, 'chat goes on');
  t.match(await ask(one, chat(2)), { errno: 0, seq: 2, state: 'here' });
  const late = { id: 3, msg: 'late', msgid: 6, seq: 1, toid: 2 };
  t.match(await ask(three, late), { errno: 3, msgid: 119, seq: 1 });
  await site.mariadb.start();
  await until(async () => (await ask(three, late)).errno === 0, 'the database to be back');
  t.same(
    (await two.settle()).map(({ id, seq }) => [id, seq]),
    [
      [1, 1],
      [1, 2],
      [3, 1],
    ],
  );
  await one.say({ id: 1, msgid: 3 });
  await one.settle();
  await one.close();
  const again = await site.online(0, 1);
  t.match(await ask(again, { id: 1, msgid: 121 }), { errno: 0, last: 2 }, 'it is written when it is back');
  await Promise.all([again.close(), two.close(), three.close()]);
});

t.test('a database that reads and takes no numbers: at another node nothing comes twice', async (t) => {
  const site = await ClusterSite.start(2);
  t.teardown(() => site.stop());
  const database = await createConnection(site.url);
  t.teardown(() => database.end());
  await site.accounts(1, 2);
  const [one, two] = [await site.online(0, 1), await site.online(0, 2)];
  t.match(await ask(one, chat(1)), { errno: 0, seq: 1, state: 'here' });
  await one.say({ id: 1, msgid: 3 });
  await one.settle();
  t.match(await one.login(1), { errno: 0 });
  // The database fails as on a disk without room.
  await database.query(
    `create trigger full before insert on chatseq for each row
     signal sqlstate 'HY000' set mysql_errno = 1114, message_text = 'The table chatseq is full'`,
  );
  t.match(await ask(one, chat(2)), { errno: 0, seq: 2, state: 'here' }, 'chat goes on');
  await one.say({ id: 1, msgid: 3 });
  await one.settle();
  await one.close();
  const there = await site.online(1, 1);
  t.match(
    await ask(there, chat(2)),
    { errno: 3, seq: 2 },
    'what became of it is known to the first node only',
  );
  t.match(await ask(there, chat(3)), { errno: 3, seq: 3 });
  t.match(await ask(there, { id: 1, msgid: 121 }), { errno: 3 });
  await there.say({ id: 1, msg: 'no number', msgid: 6, toid: 2 });
  await database.query('drop trigger full');
  await until(async () => (await ask(there, chat(2))).errno === 0, 'the number to be written');
  t.match(await ask(there, chat(3)), { errno: 0, seq: 3, state: 'elsewhere' });
  t.match(await ask(there, { id: 1, msgid: 121 }), { errno: 0, last: 3 });
  t.same(
    (await two.settle()).map(({ msg }) => msg),
    ['1', '2', 'no number', '3'],
  );
  await Promise.all([there.close(), two.close()]);
});

t.test(
  'a dialect that knows no such answer passes the field on, and one that answers chats gives this one',
  async (t) => {
    const silent = { replies: { ack: null } };
    const answering = { replies: { chat: 60, ack: 61 }, replyFields: { errno: 'code' } };
    for (const [file, answers] of [
      [silent, []],
      [answering, [{ code: 0, msgid: 61, seq: 1, state: 'here' }]],
    ] as const) {
      const user = await alone(t, file, '--pace', '0');
      await user.say({ ...chat(1), toid: 1 });
      const heard: unknown[] = [];
      while (heard.length < 1 + answers.length) heard.push(await user.hear());
      t.same(heard, [{ ...chat(1), toid: 1 }, ...answers]);
      await user.close();
    }
  },
);
