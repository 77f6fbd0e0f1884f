import t from 'tap';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const [FIRST, SECOND, ABSENT] = [1, 2, 3];
const GROUP = 1;

t.test(
  'one to one, then to a group: an offline user gets both in this order, however late PUBLISH is',
  async (t) => {
    const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
    const url = await mariadb.createDatabase('chat');
    const database = await openMysql(url);
    const server = await startServer(['--mysql', url, '--redis', redis.url, '--pace', '0']);
    t.teardown(async () => {
      await server.child.stop('SIGKILL');
      await database.close();
      await Promise.all([mariadb.stop(), redis.stop()]);
    });
    await database.seed({
      user: [FIRST, SECOND, ABSENT].map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })),
      allgroup: [{ id: GROUP, groupname: 'group', groupdesc: '' }],
      groupuser: [FIRST, SECOND, ABSENT].map((userid) => ({ groupid: GROUP, userid, grouprole: 'normal' })),
    });
    const [first, second] = [await User.online(server, FIRST), await User.online(server, SECOND)];
    const stored = async (): Promise<string[]> =>
      (await database.rows()).offlinemessage.map(({ message }) => JSON.parse(String(message)).msg);

    redis.freeze();
    await first.chat(FIRST, ABSENT, 'one to one');
    await first.groupChat(FIRST, GROUP, 'to the group');
    await second.groupChat(SECOND, GROUP, 'from another');
    redis.thaw();
    await until(async () => (await stored()).length >= 3, 'everything to be stored');
    t.same(
      (await stored()).filter((text) => text !== 'from another'),
      ['one to one', 'to the group'],
    );
    await Promise.all([first.close(), second.close()]);
  },
);
