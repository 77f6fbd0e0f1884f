import t from 'tap';
import { openEmbedded } from '../harness/embedded-database.js';
import { newFolder } from '../harness/folder.js';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { readScenario } from '../replay/scenario.js';

const folder = newFolder();
const file = `${folder.path}/chat.db`;
const database = () => openEmbedded(file);
const servers: Server[] = [];
t.teardown(async () => {
  for (const { child } of servers) await child.stop('SIGKILL');
  folder.remove();
});

async function start(...options: string[]): Promise<Server> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

/** A server of ours with accounts 1 to 4, named u1 to u4. */
const ready = (async () => {
  const server = await start('--data', file, '--pace', '0');
  const user = await User.connect(server);
  for (const n of [1, 2, 3, 4]) t.equal((await user.register(`u${n}`)).id, n);
  await user.close();
  return server;
})();

/** The original's answer to a step of a recording, as text. */
function recorded(scenario: string, step: number, conn: string): string {
  const found = readScenario(scenario).steps[step];
  if (found === undefined || !('received' in found))
    throw new Error(`${scenario} has no answer in step ${step}`);
  return (found.received[conn] ?? []).join('');
}

t.test('DIFFERENCES 1: every document of one read is handled', async (t) => {
  const invalid = '{"errmsg":"id or password is invalid!","errno":1,"msgid":2}';
  t.equal(recorded('two-in-one-read', 1, 'a'), invalid, 'the original answers once');
  const user = await User.connect(await ready);
  const login = '{"id":9,"msgid":1,"password":"x"}';
  await user.say(`${login}\0${login}\n${login}${login}\0`);
  for (let n = 0; n < 4; n++) t.same(await user.hear(), JSON.parse(invalid));
  await user.close();
});

t.test('DIFFERENCES 2: a bad document is dropped, the next one counts', async (t) => {
  const user = await User.online(await ready, 1);
  await user.say('{"id":1,"msg":"no end","msgid":6,"toid":1\0');
  await user.chat(1, 1, 'next');
  t.equal((await user.hear()).msg, 'next');
  await user.close();
});

t.test('DIFFERENCES 2: a document without an end closes the connection', async (t) => {
  const server = await start('--data', ':memory:', '--max-message', '1000');
  const user = await User.connect(server);
  await user.say(`{"msg":"${'x'.repeat(1001)}`);
  await user.client.end();
  t.ok(await server.child.logged(/"reason":"too long"/));
});

t.test('DIFFERENCES 3: messages count only from a user who is logged in on the connection', async (t) => {
  t.match(
    recorded('no-identity-check-original-defect', 3, 'a'),
    'sent without logging in',
    'the original believes it',
  );
  const server = await ready;
  const [a, stranger] = [await User.online(server, 1), await User.online(server, 2)];
  const lists = async () => {
    const { friend, allgroup, groupuser } = await database().rows();
    return { friend, allgroup, groupuser };
  };
  const before = await lists();
  await stranger.chat(1, 1, 'not me');
  await stranger.say({ id: 1, msgid: 3 });
  await stranger.say({ id: 1, msgid: 7, friendid: 2 });
  await stranger.say({ id: 1, msgid: 8, groupname: 'not mine', groupdesc: '' });
  await stranger.say({ id: 1, msgid: 9, groupid: 1 });
  t.same(await stranger.settle(), []);
  t.same(await a.settle(), [], 'nothing came');
  await a.chat(1, 1, 'still here');
  t.equal((await a.hear()).msg, 'still here');
  t.same(await lists(), before, 'nothing is changed');
  await Promise.all([a.close(), stranger.close()]);
});

t.test('DIFFERENCES 3: group chat counts only from members', async (t) => {
  const server = await ready;
  const [member, stranger] = [await User.online(server, 1), await User.online(server, 2)];
  await member.say({ id: 1, msgid: 8, groupname: 'members', groupdesc: '' });
  await member.settle();
  const groupid = Number(
    (await database().rows()).allgroup.find(({ groupname }) => groupname === 'members')?.id,
  );
  await stranger.groupChat(2, groupid, 'let me in');
  await stranger.say({ id: 2, msgid: 9, groupid });
  await stranger.groupChat(2, groupid, 'thanks');
  await stranger.settle();
  t.equal((await member.hear()).msg, 'thanks');
  await Promise.all([member.close(), stranger.close()]);
});

t.test('DIFFERENCES 4: login as -1 with an empty password is refused', async (t) => {
  const user = await User.connect(await ready);
  t.same(await user.login(-1, ''), { errmsg: 'id or password is invalid!', errno: 1, msgid: 2 });
  await user.close();
});

t.test('DIFFERENCES 5: quotes in names and texts are nothing special', async (t) => {
  const server = await ready;
  const user = await User.connect(server);
  const { id } = await user.register(`o'ne"; drop table user; --`, `pa'ss`);
  const reply = await user.login(id, `pa'ss`);
  t.equal(reply.name, `o'ne"; drop table user; --`);
  t.equal((await user.login(1, `' or '1'='1`)).errno, 1);
  await user.close();
});

t.test('DIFFERENCES 11: SIGTERM answers what was received, sets users offline and ends with 0', async (t) => {
  const path = `${folder.path}/eleven.db`;
  const server = await start('--data', path);
  const user = await User.connect(server);
  const { id } = await user.register('one');
  await user.login(id);
  const other = (await user.register('two')).id;
  for (let n = 0; n < 50; n++) await user.chat(id, other, `stored ${n}`);
  await user.settle();
  t.equal(await server.child.stop('SIGTERM'), 0);
  const rows = await openEmbedded(path).rows();
  t.same(
    rows.user.map(({ state }) => state),
    ['offline', 'offline'],
  );
  t.equal(rows.offlinemessage.length, 50);
});

t.test('DIFFERENCES 14: adding again changes nothing', async (t) => {
  const server = await ready;
  const user = await User.online(server, 4);
  await user.say({ id: 4, msgid: 8, groupname: 'once', groupdesc: '' });
  await user.settle();
  const groupid = Number(
    (await database().rows()).allgroup.find(({ groupname }) => groupname === 'once')?.id,
  );
  for (let n = 0; n < 3; n++) {
    await user.say({ id: 4, msgid: 7, friendid: 1 });
    await user.say({ id: 4, msgid: 9, groupid });
  }
  await user.settle();
  const { friend, groupuser } = await database().rows();
  t.same(friend, [{ userid: 4, friendid: 1 }]);
  t.same(
    groupuser.filter((row) => row.groupid === groupid),
    [{ groupid, userid: 4, grouprole: 'creator' }],
  );
  await user.close();
});

t.test('DIFFERENCES 17: all users of a connection are set offline when it closes', async (t) => {
  const server = await ready;
  const both = await User.online(server, 1);
  t.equal((await both.login(2)).errno, 0);
  t.same(await database().online(), [1, 2]);
  await both.close();
  const next = await User.connect(server);
  // The same users' turns: these logins wait until the closed connection's users have left.
  t.equal((await next.login(1)).errno, 0);
  t.equal((await next.login(2)).errno, 0);
  await next.close();
});

t.test('DIFFERENCES 19: a login or registration that cannot be read is refused', async (t) => {
  const user = await User.connect(await ready);
  const invalid = { errmsg: 'id or password is invalid!', errno: 1, msgid: 2 };
  for (const login of [
    {},
    { id: 1 },
    { password: 'pw' },
    { id: '1', password: 'pw' },
    { id: 1, password: 1 },
  ]) {
    await user.say({ ...login, msgid: 1 });
    t.same(await user.hear(), invalid, JSON.stringify(login));
  }
  for (const account of [{}, { name: 'no password' }, { password: 'pw' }, { name: 1, password: 'pw' }]) {
    await user.say({ ...account, msgid: 4 });
    t.same(await user.hear(), { errno: 1, msgid: 5 }, JSON.stringify(account));
  }
  t.equal((await user.login(1)).errno, 0, 'the connection goes on');
  await user.close();
});

t.test('DIFFERENCES 21: messages to an account that does not exist are dropped', async (t) => {
  const { after } = readScenario('chat-unknown-target');
  t.equal(after.offlinemessage.length, 1, 'the original stores them');
  const user = await User.online(await ready, 1);
  await user.chat(1, 77, 'to nobody');
  await user.chat(1, 3, 'to somebody');
  await user.settle();
  const rows = (await database().rows()).offlinemessage;
  t.same(
    rows.map(({ userid }) => userid),
    [3],
  );
  t.ok(await (await ready).child.logged(/"reason":"no such user"/));
  await user.close();
});
