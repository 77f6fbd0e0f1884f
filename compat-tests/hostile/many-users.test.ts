import t from 'tap';
import { Site } from '../harness/site.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

const MOST = 1000;

t.test(
  'DIFFERENCES 25: at most 1,000 users are logged in on a connection: all of them leave when it ends',
  async (t) => {
    const site = await Site.embedded('--pace', '0', '--login-failures', '0');
    t.teardown(() => site.stop());
    const ids = Array.from({ length: MOST + 1 }, (_, n) => n + 1);
    await site.database.seed({
      user: ids.map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })),
    });
    const [one, other] = [await User.connect(site.node(0)), await User.connect(site.node(0))];
    const refused: number[] = [];
    for (const id of ids.slice(0, MOST)) if ((await one.login(id)).errno !== 0) refused.push(id);
    t.same(refused, []);
    t.match(await one.login(MOST + 1), { errno: 3 });
    t.match(await other.login(MOST + 1), { errno: 0 }, 'on another one it is');
    await other.say({ id: MOST + 1, msgid: 3 });
    await other.settle();
    await one.say({ id: 1, msgid: 3 });
    await one.settle();
    t.match(await one.login(MOST + 1), { errno: 0 }, 'there is room again');
    await Promise.all([one.close(), other.close()]);
  },
);
