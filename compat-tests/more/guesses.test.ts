import t from 'tap';
import { Site } from '../harness/site.js';
import { User } from '../harness/user.js';
import { ask } from './site.js';

t.setTimeout(600_000);

t.test('guesses at a password by changing it are held back as logins are', async (t) => {
  const site = await Site.embedded('--login-failures', '1');
  t.teardown(() => site.stop());
  const user = await User.connect(site.node(0));
  const { id } = await user.register('one', 'right');
  await user.login(id, 'right');
  const guess = (password: string) => ask(user, { id, msgid: 117, password, newpassword: 'mine' });
  const wrong = { errmsg: 'id or password is invalid!', errno: 1, msgid: 118 };
  const since = performance.now();
  t.same(await guess('wrong'), wrong);
  t.same(await guess('wrong as well'), wrong);
  // The second waits until the first is forgotten, three seconds after it.
  t.ok(performance.now() - since > 2900);
  t.match(await guess('right'), { errno: 0 }, 'the right one works, only later');
});

t.test('names that nobody has are asked for as slowly', async (t) => {
  const site = await Site.embedded('--login-failures', '1');
  t.teardown(() => site.stop());
  const user = await User.connect(site.node(0));
  const { id } = await user.register('one', 'right');
  await user.login(id, 'right');
  const named = (toname: string) => ask(user, { id, msgid: 115, toname });
  const since = performance.now();
  t.match(await named('two'), { errmsg: 'no such user', errno: 1 });
  t.match(await named('one'), { errno: 0, id }, 'one that somebody has waits behind it');
  t.ok(performance.now() - since > 2900);
});
