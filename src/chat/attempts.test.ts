import { PassThrough } from 'node:stream';
import t from 'tap';
import { aConnectionHost } from '../../compat-tests/harness/connection-host.js';
import { Connection } from '../net/connection.js';
import { Attempts } from './attempts.js';

function connection(address = '10.0.0.1'): Connection {
  return new Connection(new PassThrough(), address, aConnectionHost(1));
}

/** A clock that stands still unless it is told, and always the same buckets. */
let time = 0;

function attemptsWith(free: number): Attempts {
  return new Attempts(free, () => time, 7);
}

/** A wrong password, or an account that does not exist. Returns how long the login had to wait. */
function guess(attempts: Attempts, client: Connection, id: number | string): number {
  const attempt = attempts.begin(client, id);
  attempt.fail();
  attempt.end();
  return attempt.wait;
}

/** A login whose password is not known to be right or wrong. */
function login(attempts: Attempts, client: Connection, id: number): number {
  const attempt = attempts.begin(client, id);
  attempt.end();
  return attempt.wait;
}

/** A right password. */
function enter(attempts: Attempts, client: Connection, id: number): number {
  const attempt = attempts.begin(client, id);
  attempt.succeed();
  attempt.end();
  return attempt.wait;
}

t.test('a person who mistypes does not notice', async (t) => {
  const attempts = attemptsWith(3);
  const client = connection();
  for (let n = 0; n < 3; n++) t.equal(guess(attempts, client, 13), 0);
});

t.test('many failures on a connection are slowed down, whatever the account', async (t) => {
  const attempts = attemptsWith(3);
  const client = connection();
  for (let id = 1; id <= 3; id++) guess(attempts, client, id);
  t.ok(login(attempts, client, 4) > 0);
  t.equal(login(attempts, connection(), 5), 0, 'another connection is not, yet');
});

t.test('many failures on an account from one address are slowed down, whatever the connection', async (t) => {
  const attempts = attemptsWith(3);
  for (let n = 0; n < 3; n++) guess(attempts, connection(), 13);
  t.ok(login(attempts, connection(), 13) > 0);
  t.equal(login(attempts, connection('10.0.0.2'), 13), 0, 'its owner elsewhere is not');
});

t.test('many guesses at once are slowed down before any of them is known to be wrong', async (t) => {
  const attempts = attemptsWith(3);
  const clients = [1, 2, 3, 4].map(() => connection());
  const begun = clients.map((client) => attempts.begin(client, 13));
  t.same(
    begun.map(({ wait }) => wait > 0),
    [false, false, false, true],
  );
  for (const attempt of begun) attempt.end();
  t.equal(login(attempts, connection(), 13), 0, 'they were right');
});

t.test('thousands of failures keep their own connection waiting, and the owner only briefly', async (t) => {
  const attempts = attemptsWith(30);
  const guesser = connection();
  for (let n = 0; n < 1500; n++) guess(attempts, guesser, 13);
  t.ok(guess(attempts, guesser, 13) > 25_000);
  t.ok(guess(attempts, guesser, 14) > 25_000, 'whatever the account');
  const wait = login(attempts, connection(), 13);
  t.ok(wait > 0 && wait <= 6000, `the owner waits ${wait} ms`);
});

t.test('accounts that do not exist are held back as those that do', async (t) => {
  const attempts = attemptsWith(3);
  const waits = (id: number) => Array.from({ length: 6 }, () => guess(attempts, connection(), id) > 0);
  t.same(waits(13), waits(4_000_000));
});

t.test('many accounts from one network are slowed down, whatever the connection', async (t) => {
  const attempts = attemptsWith(3);
  for (let id = 1; id <= 12; id++) t.equal(guess(attempts, connection(), id), 0);
  t.ok(guess(attempts, connection(), 13) > 0);
  for (let id = 14; id < 1000; id++) guess(attempts, connection(), id);
  const wait = login(attempts, connection(), 1000);
  t.ok(wait > 0 && wait <= 6000, `others in that network wait ${wait} ms`);
  t.equal(login(attempts, connection('10.0.0.2'), 1000), 0, 'another network is not');
});

t.test('one network of IPv6 is one guesser', async (t) => {
  const attempts = attemptsWith(3);
  for (let n = 1; n <= 12; n++) guess(attempts, connection(`2001:db8:0:1::${n}`), n);
  t.ok(login(attempts, connection('2001:db8:0:1:ffff::1'), 99) > 0);
  t.equal(login(attempts, connection('2001:db8:0:2::1'), 99), 0);
});

t.test('one account from many networks is slowed down', async (t) => {
  const attempts = attemptsWith(3);
  for (let n = 1; n <= 12; n++) t.equal(guess(attempts, connection(`10.0.1.${n}`), 13), 0);
  const wait = guess(attempts, connection('10.0.2.1'), 13);
  t.ok(wait > 0 && wait <= 6000, `it waits ${wait} ms`);
  t.equal(guess(attempts, connection('10.0.2.1'), 14), 0, 'another account is not');
});

t.test('who has logged in from a network before is not held back by what others do', async (t) => {
  const attempts = attemptsWith(3);
  enter(attempts, connection('10.0.0.1'), 13);
  enter(attempts, connection('10.0.0.1'), 14);
  for (let n = 0; n < 500; n++) guess(attempts, connection(`10.0.${n % 250}.7`), 13);
  t.equal(login(attempts, connection('10.0.0.1'), 13), 0, 'guesses at the account from elsewhere');
  for (let n = 0; n < 500; n++) guess(attempts, connection('10.0.0.1'), 1000 + n);
  t.equal(login(attempts, connection('10.0.0.1'), 14), 0, 'guesses at others from the same network');
  t.ok(login(attempts, connection('10.0.0.1'), 15) > 0);
  for (let n = 0; n < 5; n++) guess(attempts, connection('10.0.0.1'), 14);
  t.ok(login(attempts, connection('10.0.0.1'), 14) > 0, 'guesses at the account from the same network');
});

t.test('nothing is kept of logins that are over', async (t) => {
  const attempts = attemptsWith(3);
  for (let id = 0; id < 1000; id++) guess(attempts, connection(), id);
  t.equal((attempts as unknown as { underWay: Map<string, unknown> }).underWay.size, 0);
});

t.test('failures on very many accounts free no guesser', async (t) => {
  const attempts = attemptsWith(3);
  for (let n = 0; n < 20; n++) guess(attempts, connection(), 13);
  const crowd = Array.from({ length: 20 }, () => connection());
  for (let id = 1000; id < 21_000; id++) guess(attempts, crowd[id % 20] as Connection, id);
  t.ok(guess(attempts, connection(), 13) > 0);
});

t.test('right passwords do not count', async (t) => {
  const attempts = attemptsWith(3);
  const client = connection();
  for (let n = 0; n < 50; n++) t.equal(login(attempts, client, 13), 0);
});

t.test('an id that no account can have is no guess', async (t) => {
  const attempts = attemptsWith(3);
  const client = connection();
  for (let n = 0; n < 100; n++)
    for (const id of [0, -1, -2147483648]) t.equal(guess(attempts, client, id), 0);
  t.equal(guess(attempts, client, 1), 0);
});

t.test('0 turns the limit off', async (t) => {
  const attempts = attemptsWith(0);
  const client = connection();
  for (let n = 0; n < 1000; n++) t.equal(guess(attempts, client, 13), 0);
});

t.test('a failure is forgotten in time', async (t) => {
  const attempts = attemptsWith(3);
  for (let n = 0; n < 5; n++) guess(attempts, connection(), 13);
  t.equal(login(attempts, connection(), 13), 6000);
  // The third failure and the login itself are free; the bucket holds no more than costs 6 s.
  time += 5000;
  t.equal(Math.round(login(attempts, connection(), 13)), 4000);
  time += 4001;
  t.equal(login(attempts, connection(), 13), 0);
});

t.test('a name that no account has is held back as one account, however it is spelled', async (t) => {
  const attempts = attemptsWith(3);
  for (const name of ['josé', 'JOSE', 'Jose\u0301  ']) t.equal(guess(attempts, connection(), name), 0, name);
  t.ok(guess(attempts, connection(), 'jOsE') > 0);
  t.equal(guess(attempts, connection('10.0.0.2'), 'x'.repeat(60_000)), 0);
  const other = attemptsWith(3);
  for (let n = 0; n < 3; n++) guess(other, connection(), '13');
  t.equal(guess(other, connection(), 13), 0, 'a name of digits is no id');
});
