import { join } from 'node:path';
import t from 'tap';
import { newFolder } from '../harness/folder.js';
import { killAgainAndAgain } from './killed-file.js';

t.setTimeout(600_000);

t.test('kill -9 of a server on its embedded file loses nothing that was confirmed', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const plan = {
    file: join(folder.path, 'chat.db'),
    count: 1500,
    clients: 20,
    kills: 4,
    random: Math.random,
  };
  const { registrations, messages, kills, ...wrong } = await killAgainAndAgain(plan);
  t.ok(registrations >= 1500 && messages >= 1500);
  t.equal(kills, 4);
  t.same(wrong, { lost: 0, givenTwice: 0, storedTwice: 0 });
});
