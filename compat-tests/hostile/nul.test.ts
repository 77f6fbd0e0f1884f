import t from 'tap';
import { User } from '../harness/user.js';
import { hostileSite } from './site.js';

const REFUSED = { errno: 1, msgid: 5 };

t.test('a NUL in a name or a password is refused by the embedded store', async (t) => {
  const { server, talk } = await hostileSite(t);
  const user = await User.connect(server);
  for (const [name, password] of [
    ['name\0', 'pw'],
    ['name\0more', 'pw'],
    [`name\0${'x'.repeat(60_000)}`, 'pw'],
    ['name', 'right\0'],
    ['name', 'right\0more'],
  ] as const)
    t.same(await user.register(name, password), REFUSED, JSON.stringify({ name, password }).slice(0, 60));
  const { errno, id } = await user.register('name', 'right');
  t.equal(errno, 0, 'what stands before the NUL is not taken by it');
  t.equal((await user.login(id, 'right\0more')).errno, 1, 'nor is it enough of a password');
  t.equal((await user.login(id, 'right')).errno, 0);
  await Promise.all([user.close(), talk.close()]);
});

t.test('a group with a NUL in its name or description is not created by the embedded store', async (t) => {
  const { server, talk, attacker: id } = await hostileSite(t);
  const user = await User.online(server, id);
  for (const [groupname, groupdesc] of [
    ['group\0more', ''],
    [`group\0${'x'.repeat(60_000)}`, ''],
    ['group', 'of\0more'],
    ['whole', 'of all'],
  ])
    await user.say({ id, msgid: 8, groupname, groupdesc });
  await user.say({ id, msgid: 3 });
  const { groups } = await user.login(id);
  const created = groups.map((text: string) => JSON.parse(text));
  t.match(created, [{ groupname: 'whole', groupdesc: 'of all' }]);
  t.equal(created.length, 1);
  await Promise.all([user.close(), talk.close()]);
});
