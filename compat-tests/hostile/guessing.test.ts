import t from 'tap';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const WRONG = `${JSON.stringify({ id: 1, msgid: 1, password: 'wrong' })}\0`;
const UNKNOWN = 10_016;
const SCANNERS = 16;

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
  let isOver = false;
  const scan = Promise.all(
    Array.from({ length: SCANNERS }, async (_, scanner) => {
      const user = await User.connect(server);
      const ids = Array.from({ length: UNKNOWN / SCANNERS }, (_, n) => 1000 + SCANNERS * n + scanner);
      const logins = ids.map((id) => JSON.stringify({ id, msgid: 1, password: 'x' }));
      await user.say(`${logins.join('\0')}\0`);
      for (const _ of ids) await user.hear();
      await user.close();
    }),
  ).finally(() => {
    isOver = true;
  });
  // Or the first would be forgotten for their age.
  while (!isOver) await guess(server);
  await scan;
  t.ok((await guess(server)) > 500);
});
