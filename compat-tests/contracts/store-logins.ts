import { MOST_LOGINS } from '../../src/store/store.js';
import { type Contract, user } from './open-store.js';

/** A login that is kept; each letter is another token. */
const login = (letter: string, userid: number, until = 100) => ({
  token: letter.repeat(64),
  userid,
  proof: 'f'.repeat(64),
  until,
});

/** The logins that browsers may repeat. */
export const logins: Contract = {
  'logins of browsers: kept, found by their tokens, ended one by one or all of a user': async (
    t,
    { store, database },
  ) => {
    await database.seed({ user: [user(1, 'one'), user(2, 'two')] });
    await store.endLogins({ userid: 1 });
    await store.endLogins({ userid: 2 });
    t.equal(await store.keptLogin('a'.repeat(64)), undefined);
    for (const each of [login('a', 1), login('b', 1), login('c', 2)]) await store.keepLogin(each, 1);
    t.strictSame(await store.keptLogin('a'.repeat(64)), login('a', 1));
    t.equal(await store.keptLogin('A'.repeat(64)), undefined, 'tokens differ by case');
    await store.keepLogin(login('a', 2, 200), 1);
    t.strictSame(await store.keptLogin('a'.repeat(64)), login('a', 2, 200), 'a token is one login');
    await store.endLogins({ token: 'b'.repeat(64) });
    t.equal(await store.keptLogin('b'.repeat(64)), undefined);
    await store.endLogins({ userid: 2 });
    for (const letter of ['a', 'c']) t.equal(await store.keptLogin(letter.repeat(64)), undefined, letter);
  },

  'logins of browsers: what ended is deleted, and a user has so many at most': async (t, { store }) => {
    await store.keepLogin(login('a', 1, 5), 5);
    await store.keepLogin(login('b', 2, 50), 6);
    t.equal(await store.keptLogin('a'.repeat(64)), undefined);
    const tokens = Array.from({ length: MOST_LOGINS + 3 }, (_, n) => n.toString(16).padStart(64, '0'));
    for (const [n, token] of tokens.entries()) await store.keepLogin({ ...login('a', 1, 100 + n), token }, 6);
    const kept = await Promise.all(tokens.map((token) => store.keptLogin(token)));
    t.same(
      kept.map((found) => found !== undefined),
      tokens.map((_, n) => n >= 3),
      'those that end first make room',
    );
    t.ok(await store.keptLogin('b'.repeat(64)), "another user's stay");
    await store.endLogins({ userid: 1 });
    await store.endLogins({ userid: 2 });
  },
};
