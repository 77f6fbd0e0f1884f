import { PassThrough } from 'node:stream';
import t from 'tap';
import { loadDialect } from '../dialect/load.js';
import { ScannerPool } from '../json/scanner-pool.js';
import { LIMITS } from '../limits.js';
import { Budget } from '../net/budget.js';
import { Connection } from '../net/connection.js';
import { Turns } from '../net/turns.js';
import { Attempts } from './attempts.js';

function connection(address = '10.0.0.1'): Connection {
  return new Connection(new PassThrough(), address, {
    dialect: loadDialect('original'),
    scanners: new ScannerPool([]),
    limits: { ...LIMITS, maxMessage: 100, pace: 0 },
    budget: new Budget(1),
    turns: new Turns(),
    handle: () => {},
    fault: () => {},
    slow: () => {},
    closed: () => {},
  });
}

/** A wrong password. Returns how long the login had to wait. */
function guess(attempts: Attempts, client: Connection, id: number): number {
  const wait = attempts.begin(client, id);
  attempts.fail(client, id);
  attempts.end(client, id);
  return wait;
}

/** A right password, or an account that does not exist. */
function login(attempts: Attempts, client: Connection, id: number): number {
  const wait = attempts.begin(client, id);
  attempts.end(client, id);
  return wait;
}

t.test('a person who mistypes does not notice', async (t) => {
  const attempts = new Attempts(3);
  const client = connection();
  for (let n = 0; n < 3; n++) t.equal(guess(attempts, client, 13), 0);
});

t.test('many failures on a connection are slowed down, whatever the account', async (t) => {
  const attempts = new Attempts(3);
  const client = connection();
  for (let id = 1; id <= 3; id++) guess(attempts, client, id);
  t.ok(login(attempts, client, 4) > 0);
  t.equal(login(attempts, connection(), 5), 0, 'another connection is not');
});

t.test('many failures on an account from one address are slowed down, whatever the connection', async (t) => {
  const attempts = new Attempts(3);
  for (let n = 0; n < 3; n++) guess(attempts, connection(), 13);
  t.ok(login(attempts, connection(), 13) > 0);
  t.equal(login(attempts, connection('10.0.0.2'), 13), 0, 'its owner elsewhere is not');
});

t.test('many guesses at once are slowed down before any of them is known to be wrong', async (t) => {
  const attempts = new Attempts(3);
  const clients = [1, 2, 3, 4].map(() => connection());
  t.same(
    clients.map((client) => attempts.begin(client, 13) > 0),
    [false, false, false, true],
  );
  for (const client of clients) attempts.end(client, 13);
  t.equal(login(attempts, connection(), 13), 0, 'they were right');
});

t.test('thousands of failures keep their own connection waiting, and the owner only briefly', async (t) => {
  const attempts = new Attempts(30);
  const guesser = connection();
  for (let n = 0; n < 1500; n++) guess(attempts, guesser, 13);
  t.ok(guess(attempts, guesser, 13) > 25_000);
  t.ok(guess(attempts, guesser, 14) > 25_000, 'whatever the account');
  const wait = login(attempts, connection(), 13);
  t.ok(wait > 0 && wait <= 6000, `the owner waits ${wait} ms`);
});

t.test('accounts that do not exist leave nothing behind, and free no guesser', async (t) => {
  const attempts = new Attempts(3);
  for (let n = 0; n < 20; n++) guess(attempts, connection(), 13);
  const client = connection();
  for (let id = 1000; id < 12_000; id++) login(attempts, client, id);
  t.ok(guess(attempts, connection(), 13) > 0);
});

t.test('failures on very many accounts free no guesser', async (t) => {
  const attempts = new Attempts(3);
  for (let n = 0; n < 20; n++) guess(attempts, connection(), 13);
  const crowd = Array.from({ length: 20 }, () => connection());
  for (let id = 1000; id < 21_000; id++) guess(attempts, crowd[id % 20] as Connection, id);
  t.ok(guess(attempts, connection(), 13) > 0);
});

t.test('right passwords do not count', async (t) => {
  const attempts = new Attempts(3);
  const client = connection();
  for (let n = 0; n < 50; n++) t.equal(login(attempts, client, 13), 0);
});

t.test('0 turns the limit off', async (t) => {
  const attempts = new Attempts(0);
  const client = connection();
  for (let n = 0; n < 1000; n++) t.equal(guess(attempts, client, 13), 0);
});
