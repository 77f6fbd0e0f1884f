import t from 'tap';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { Services, writeDialect } from './site.js';

t.setTimeout(600_000);
const services = await Services.start();
t.teardown(() => services.stop());

t.test('a node whose clients speak another dialect says so, and does not start', async (t) => {
  const site = await services.nodes('early');
  t.teardown(() => site.stop());
  const options = ['--mysql', services.mariadb.url('chat'), '--redis', services.redis.url];
  const why = /another node speaks the dialect early, this one original: give all the same --dialect/;
  await t.rejects(startServer(options), why);
  const same = writeDialect({ extends: 'early', absentId: 'refused', tables: { user: 'user' } });
  t.teardown(() => same.remove());
  const third = await startServer([...options, '--dialect', same.path]);
  t.teardown(() => third.child.stop('SIGKILL'));
  t.pass('a file that says the same as a built-in dialect is the same');
});

t.test('who is taken over is told so where the dialect has a document for it', async (t) => {
  const results = { ok: { errmsg: 'user {id} has logged in elsewhere', constants: { code: 7 } } };
  const file = { takeover: true, replies: { takenOver: 100 }, verbs: { takenOver: { results } } };
  const takeover = writeDialect(file);
  t.teardown(() => takeover.remove());
  const site = await services.nodes(takeover.path);
  t.teardown(() => site.stop());
  const first = await User.connect(site.node(0));
  await first.register('somebody');
  await first.login(1);
  const second = await User.online(site.node(0), 1);
  const told = { code: 7, errmsg: 'user 1 has logged in elsewhere', id: 1, msgid: 100 };
  t.same(await first.rest(), [told], 'on the same node');
  const third = await User.online(site.node(1), 1);
  t.same(await second.rest(), [told], 'and from another');
  await third.close();
});

t.test('a takeover login ends the one before, on this node and on another', async (t) => {
  const takeover = writeDialect({ takeover: true });
  t.teardown(() => takeover.remove());
  const site = await services.nodes(takeover.path);
  t.teardown(() => site.stop());
  const user = (id: number, name: string) => ({ id, name, password: 'pw', state: 'offline' });
  await site.database.seed({ user: [user(1, 'one'), user(2, 'two')] });
  const sender = await User.online(site.node(0), 2);
  const first = await User.online(site.node(0), 1);
  const second = await User.online(site.node(0), 1);
  t.same(await first.rest(), [], 'the first connection has been closed');
  t.equal((await second.login(1)).errno, 2, 'on the same connection it is a mistake');
  const third = await User.online(site.node(1), 1);
  t.same(await second.rest(), []);
  await sender.chat(2, 1, 'hello');
  t.match(await third.hear(), { msg: 'hello' });
  const stranger = await User.connect(site.node(0));
  t.equal((await stranger.login(1, 'wrong')).errno, 1, 'not without the password');
  await third.chat(1, 2, 'still here');
  t.match(await sender.hear(), { msg: 'still here' });
});
