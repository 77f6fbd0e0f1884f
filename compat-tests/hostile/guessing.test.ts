import t from 'tap';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const WRONG = `${JSON.stringify({ id: 1, msgid: 1, password: 'wrong' })}\0`;
const UNKNOWN = 10_001;

const server = await startServer(['--data', ':memory:', '--login-failures', '3']);
t.teardown(() => server.child.stop('SIGKILL'));
const first = await User.connect(server);
await first.register('owner');

/** Guesses at the account on a connection of its own. Returns how long the answer took, in ms. */
async function guess(server: Server): Promise<number> {
  const start = performance.now();
  const user = await User.connect(server);
  await user.login(1, 'wrong');
  await user.close();
  return performance.now() - start;
}

t.test('1,500 wrong logins from the same address do not keep the owner out for long', async (t) => {
  const guessers = await Promise.all(Array.from({ length: 50 }, () => User.connect(server)));
  await Promise.all(guessers.map((user) => user.say(WRONG.repeat(30))));
  await Promise.race(guessers.map((user) => user.hear()));
  const start = performance.now();
  const owner = await User.online(server, 1);
  t.ok(performance.now() - start < 10_000, `it took ${performance.now() - start} ms`);
  await owner.close();
  for (const user of guessers) user.client.reset();
});

t.test('logins of accounts that do not exist make nobody forget the guesses at one that does', async (t) => {
  await Promise.all(Array.from({ length: 6 }, () => guess(server)));
  const scanner = await User.connect(server);
  const logins = Array.from({ length: UNKNOWN }, (_, n) =>
    JSON.stringify({ id: 1000 + n, msgid: 1, password: 'x' }),
  );
  await scanner.say(logins.join('\0'));
  await scanner.say('\0');
  for (let n = 0; n < UNKNOWN; n++) await scanner.hear();
  t.ok((await guess(server)) > 500);
  await scanner.close();
});
