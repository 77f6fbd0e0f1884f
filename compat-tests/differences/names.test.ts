import t from 'tap';
import { Monitor } from '../client/monitor.js';
import { likeTheOriginal } from '../contracts/open-mysql.js';
import { MariaDb } from '../harness/mariadb.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { readScenario } from '../replay/scenario.js';

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const url = await mariadb.createDatabase('chat');
const server = await startServer(['--mysql', url]);
t.teardown(() => server.child.stop('SIGKILL'));

/** The original's answer to the registration of a name. */
function recorded(name: string): string {
  const step = readScenario('names-chinese').steps.find(
    (one) => one.do === 'send' && String(one.bytes).includes(`"${name}"`),
  );
  return step && 'received' in step ? String(step.received.a) : '';
}

t.test(
  'DIFFERENCES 20: a name of three Chinese characters can be registered, and is seen as it is',
  async (t) => {
    t.equal(recorded('你好吗'), '{"errno":1,"msgid":5}', 'the original refuses it');
    const user = await User.connect(server);
    const { errno, id } = await user.register('你好吗');
    t.equal(errno, 0);
    t.match(await user.login(id), { errno: 0, id, name: '你好吗' });
    t.match(await user.register('你\u2060好吗'), { errno: 1 }, 'the same to the eye is the same name');
    await user.close();
  },
);

t.test('DIFFERENCES 20: names of one and five characters, in every list', async (t) => {
  const names = ['李', '买买提江吾'];
  const user = await User.connect(server);
  const ids: number[] = [];
  for (const name of names) ids.push((await user.register(name)).id);
  const [one = 0, five = 0] = ids;
  await user.login(one);
  await user.say({ msgid: 7, id: one, friendid: five });
  await user.say({ msgid: 8, id: one, groupname: 'group', groupdesc: '' });
  await user.say({ msgid: 3, id: one });
  const reply = await user.login(one);
  t.equal(reply.name, '李');
  t.equal(JSON.parse(reply.friends[0]).name, '买买提江吾');
  t.equal(JSON.parse(JSON.parse(reply.groups[0]).users[0]).name, '李');
  await user.close();
});

t.test(
  'DIFFERENCES 20: a client of an original node shows such a name with nothing more to see',
  async (t) => {
    const original = await likeTheOriginal(t, url);
    const [rows] = await original.query(
      `select cast(convert(name using gbk) as binary) as name from user where id = 1`,
    );
    const name = String((rows as { name: Buffer }[])[0]?.name);
    t.equal(name, '你好吗\u2060', 'what an original node reads, and sends');
    // Three wide characters and the bar fill the row: one more column would push the bar to the next.
    const screen = new Monitor(7, 5);
    screen.write(`${name}|`);
    await screen.settled();
    t.equal(screen.beforeCursor.replaceAll('\u2060', ''), '你好吗|');
  },
);
