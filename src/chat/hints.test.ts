import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import t from 'tap';
import { aConnectionHost } from '../../compat-tests/harness/connection-host.js';
import { ScannerPool } from '../json/scanner-pool.js';
import { Connection } from '../net/connection.js';
import { Message } from '../protocol/message.js';
import { Hints } from './hints.js';

t.setTimeout(600_000);

const host = aConnectionHost(1 << 20);
const scan = new ScannerPool([]).take();
const aConnection = () => new Connection(new PassThrough(), 'a', host);

/** A document that was not understood, with a field of so many characters in it. */
function missed(length: number): Message {
  const text = JSON.stringify({ a: 'x'.repeat(length), msgid: 99 });
  return new Message(Buffer.from(text), scan, host.dialect.fields);
}

/** Hints, and how often a document is looked at, which costs a hundred times as much as to drop it. */
function counted() {
  const seen = { looks: 0 };
  const document = () => {
    seen.looks++;
    return undefined;
  };
  return { hints: new Hints({ document, framing: () => undefined }, pino({ level: 'silent' })), seen };
}

t.test('of what one connection is not understood in, the first few are looked at', async (t) => {
  const { hints, seen } = counted();
  const connection = aConnection();
  const message = missed(1);
  for (let n = 0; n < 1000; n++) hints.missed(connection, message);
  t.equal(seen.looks, 5);
});

t.test('however many connections there are, a few a second are looked at', async (t) => {
  const { hints, seen } = counted();
  const since = performance.now();
  const message = missed(1);
  for (let n = 0; n < 2000; n++) hints.missed(aConnection(), message);
  // A second counts from where the clock begins one.
  const seconds = Math.ceil((performance.now() - since) / 1000) + 1;
  t.ok(seen.looks >= 20 && seen.looks <= 20 * seconds, `${seen.looks} looks in less than ${seconds} s`);
});

t.test('a long one is not looked at', async (t) => {
  const { hints, seen } = counted();
  const connection = aConnection();
  hints.missed(connection, missed(2048));
  t.equal(seen.looks, 0);
  hints.missed(connection, missed(1000));
  t.equal(seen.looks, 1);
});
