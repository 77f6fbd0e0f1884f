import { PassThrough } from 'node:stream';
import t from 'tap';
import { ScannerPool } from '../json/scanner-pool.js';
import { LIMITS } from '../limits.js';
import { Connection } from '../net/connection.js';
import { Attempts } from './attempts.js';

function connection(address = '10.0.0.1'): Connection {
  return new Connection(new PassThrough(), address, {
    scanners: new ScannerPool([]),
    limits: { ...LIMITS, maxMessage: 100, pace: 0 },
    handle: () => {},
    fault: () => {},
    closed: () => {},
  });
}

t.test('a person who mistypes does not notice', async (t) => {
  const attempts = new Attempts(3);
  const client = connection();
  for (let n = 0; n < 3; n++) t.equal(attempts.begin(client, 13), 0);
});

t.test('many failures on a connection are slowed down, whatever the account', async (t) => {
  const attempts = new Attempts(3);
  const client = connection();
  for (let id = 1; id <= 3; id++) attempts.begin(client, id);
  t.ok(attempts.begin(client, 4) > 0);
  t.equal(attempts.begin(connection(), 5), 0, 'another connection is not');
});

t.test('many failures on an account from one address are slowed down, whatever the connection', async (t) => {
  const attempts = new Attempts(3);
  for (let n = 0; n < 3; n++) attempts.begin(connection(), 13);
  t.ok(attempts.begin(connection(), 13) > 0);
  t.equal(attempts.begin(connection('10.0.0.2'), 13), 0, 'its owner elsewhere is not');
});

t.test('right passwords do not count', async (t) => {
  const attempts = new Attempts(3);
  const client = connection();
  for (let n = 0; n < 50; n++) {
    t.equal(attempts.begin(client, 13), 0);
    attempts.end(client, 13);
  }
});

t.test('0 turns the limit off', async (t) => {
  const attempts = new Attempts(0);
  const client = connection();
  for (let n = 0; n < 1000; n++) attempts.begin(client, 13);
  t.equal(attempts.begin(client, 13), 0);
});
