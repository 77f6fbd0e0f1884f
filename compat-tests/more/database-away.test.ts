import t from 'tap';
import { ClusterSite } from '../cluster/site.js';
import { ask } from './site.js';

t.setTimeout(600_000);

/** Requests that need the database, each with what would be right but for that. */
const REQUESTS = [
  { msgid: 105, friendid: 2 },
  { msgid: 107, groupid: 1 },
  { msgid: 109, groupid: 1 },
  { msgid: 111, groupid: 1 },
  { msgid: 113, groupid: 1, groupname: 'g' },
  { msgid: 115, toid: 2 },
  { msgid: 117, password: 'pw', newpassword: 'other' },
] as const;

t.test('while the database is away each is answered so, and is done when it is back', async (t) => {
  const site = await ClusterSite.start(1);
  t.teardown(() => site.stop());
  const ids = REQUESTS.map((_, n) => n + 1);
  await site.accounts(...ids);
  const users = await Promise.all(ids.map((id) => site.online(0, id)));
  await site.mariadb.kill();
  const answers = await Promise.all(
    users.map((user, n) => ask(user, { ...REQUESTS[n], id: n + 1, seq: `${n}` })),
  );
  const away = { errmsg: 'service is unavailable, try again later!', errno: 3 };
  t.same(
    answers,
    REQUESTS.map(({ msgid }, n) => ({ ...away, msgid: msgid + 1, seq: `${n}` })),
  );
  await site.mariadb.start();
  const last = users.at(-1);
  const request = { id: 7, msgid: 117, password: 'pw', newpassword: 'other' };
  t.match(last && (await ask(last, request)), { errno: 0 }, 'nothing was changed meanwhile');
  await Promise.all(users.map((user) => user.close()));
});
