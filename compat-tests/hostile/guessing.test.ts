import t from 'tap';
import { writeDialect } from '../dialects/site.js';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

// Guessers wait for their answers.
t.setTimeout(600_000);

const WRONG = `${JSON.stringify({ id: 1, msgid: 1, password: 'wrong' })}\0`;
const UNKNOWN = 1_000_000;

const server = await startServer(['--data', ':memory:', '--login-failures', '3']);
t.teardown(() => server.child.stop('SIGKILL'));
const first = await User.connect(server);
await first.register('owner');

function occurrences(bytes: Buffer, text: string): number {
  return bytes.toString('latin1').split(text).length - 1;
}

/** Guesses at an account on a connection of its own. Returns how long the answer took, in ms. */
async function guess(server: Server, id: number): Promise<number> {
  const start = performance.now();
  const user = await User.connect(server);
  await user.login(id, 'wrong');
  await user.close();
  return performance.now() - start;
}

t.test('1,500 wrong logins from the same address do not keep the owner out for long', async (t) => {
  const guessers = await Promise.all(Array.from({ length: 50 }, () => User.connect(server)));
  await Promise.all(guessers.map((user) => user.say(WRONG.repeat(30))));
  await Promise.race(guessers.map((user) => user.hear()));
  const owner = await User.online(server, 1);
  const answered = guessers.reduce((sum, { client }) => sum + occurrences(client.unread, '"msgid":2'), 0);
  t.ok(answered < 750, `${answered} guesses were answered before`);
  await owner.close();
  for (const user of guessers) user.client.reset();
});

t.test('an account that does not exist is answered as late as one that does', async (t) => {
  await Promise.all(Array.from({ length: 6 }, () => guess(server, UNKNOWN)));
  t.ok((await guess(server, UNKNOWN)) > 500);
});

t.test('so is a name that nobody has, where users log in by name', async (t) => {
  const file = writeDialect({ verbs: { login: { by: 'name' } } });
  t.teardown(() => file.remove());
  const named = await startServer(['--data', ':memory:', '--login-failures', '1', '--dialect', file.path]);
  t.teardown(() => named.child.stop('SIGKILL'));
  const first = await User.connect(named);
  await first.register('owner');
  for (const name of ['owner', 'nobody']) {
    const user = await User.connect(named);
    const start = performance.now();
    for (let n = 0; n < 2; n++) {
      await user.say({ msgid: 1, name, password: 'wrong' });
      t.match(await user.hear(), { msgid: 2, errno: 1, errmsg: 'id or password is invalid!' });
    }
    t.ok(performance.now() - start > 500, name);
    await user.close();
  }
});

t.test('many accounts from one address are held back, each guess on a connection of its own', async (t) => {
  const other = await startServer(['--data', ':memory:', '--login-failures', '3']);
  t.teardown(() => other.child.stop('SIGKILL'));
  await Promise.all(Array.from({ length: 30 }, (_, id) => guess(other, 100 + id)));
  t.ok((await guess(other, 1)) > 500);
});
