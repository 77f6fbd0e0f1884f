import { readFileSync } from 'node:fs';
import t from 'tap';
import { listenTo, sessionIn } from './capture.js';

interface Sent {
  /** The port of the client. */
  readonly client: number;
  readonly from?: 'client' | 'server';
  readonly sequence: number;
  readonly text?: string;
  readonly opens?: boolean;
  readonly ends?: boolean;
  readonly resets?: boolean;
}

const SERVER = 6000;

/** A capture of these segments, each an IP packet by itself. */
function pcap(sent: readonly Sent[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4);
  head.writeUInt32LE(101, 20);
  return Buffer.concat([head, ...sent.map(record)]);
}

function record({ client, from = 'client', sequence, text = '', ...flags }: Sent): Buffer {
  const bytes = Buffer.from(text);
  const frame = Buffer.alloc(16 + 40 + bytes.length);
  frame.writeUInt32LE(40 + bytes.length, 8);
  frame.writeUInt32LE(40 + bytes.length, 12);
  const [ip, tcp] = [frame.subarray(16), frame.subarray(36)];
  ip.writeUInt8(0x45);
  ip.writeUInt16BE(40 + bytes.length, 2);
  ip.writeUInt8(6, 9);
  ip.set([127, 0, 0, 1], 12);
  ip.set([127, 0, 0, 1], 16);
  tcp.writeUInt16BE(from === 'client' ? client : SERVER);
  tcp.writeUInt16BE(from === 'client' ? SERVER : client, 2);
  tcp.writeUInt32BE(sequence >>> 0, 4);
  tcp.writeUInt8(5 << 4, 12);
  const { opens = false, ends = false, resets = false } = flags;
  tcp.writeUInt8((opens ? 0x02 : 0x10) | (ends ? 0x01 : 0) | (resets ? 0x04 : 0), 13);
  bytes.copy(frame, 56);
  return frame;
}

/** The text of the client on a port, one byte of it a segment. */
function spoken(client: number, text: string, first: number): Sent[] {
  return [...text].map((letter, i) => ({ client, sequence: first + i, text: letter }));
}

const document = (n: number) => JSON.stringify({ id: n, msg: 'x', msgid: 6, toid: 2 });
const heard = (sent: readonly Sent[]) =>
  sessionIn(pcap(sent))
    .of('client')
    .map(({ document }) => Number(document.id));

t.test('what comes twice, too early, or over the end of the sequence numbers is put right', async (t) => {
  const text = [1, 2, 3].map(document).join('');
  for (const first of [1000, 2 ** 32 - 20]) {
    const opening = { client: 40_000, sequence: first - 1, opens: true };
    const segments = spoken(40_000, text, first);
    t.same(heard([opening, ...segments]), [1, 2, 3]);
    t.same(heard([opening, ...segments.toReversed()]), [1, 2, 3], 'backwards');
    t.same(heard([opening, ...segments, ...segments]), [1, 2, 3], 'twice');
    const whole = { client: 40_000, sequence: first, text };
    t.same(heard([opening, ...segments.slice(0, 50), whole, ...segments]), [1, 2, 3], 'overlapping');
  }
});

t.test('a capture that was cut off anywhere is read as far as it goes', async (t) => {
  const file = readFileSync('fixtures/scenarios/group-chat.pcap');
  const all = sessionIn(file).said.length;
  let most = 0;
  for (let length = 24; length < file.length; length += 7) {
    try {
      most = Math.max(most, sessionIn(file.subarray(0, length)).said.length);
    } catch (error) {
      t.match(error, { message: /^holds no client that says JSON$/ });
    }
  }
  t.ok(most > 0 && most <= all);
  t.throws(() => sessionIn(file.subarray(0, 10)), { message: 'is no pcap' });
});

t.test('the work grows as the capture does: many connections, many servers, a hole', async (t) => {
  const many = Array.from({ length: 59_000 }, (_, n): Sent[] => [
    { client: 6001 + n, sequence: n % 2 === 0 ? 1 : 2, opens: n % 2 === 0 },
    { client: 6001 + n, sequence: 2, text: document(n) },
  ]).flat();
  t.equal(heard(many).length, 59_000);
  // The missing bytes never come: all behind them waits.
  const hole = Array.from(
    { length: 60_000 },
    (_, n): Sent => ({ client: 60_000, sequence: 100 + n, text: '{' }),
  );
  t.same(heard([{ client: 60_000, sequence: 1, text: document(1) }, ...hole.toReversed()]), [1]);
});

/** What a listener is told. */
function told(file: Buffer): string[] {
  const events: string[] = [];
  const place = listenTo(file, {
    opened: (connection) => events.push(`${connection} opened`),
    heard: (from, connection, bytes) => events.push(`${connection} ${from}: ${bytes}`),
    ended: (from, connection, isReset) => events.push(`${connection} ${from} ${isReset ? 'reset' : 'ended'}`),
  });
  return [...events, `of ${place.ip}:${place.port}`];
}

t.test('a listener is told when connections begin and end, once, behind all that comes before', async (t) => {
  const [one, other] = [40_000, 40_001];
  const opening = { client: one, sequence: 99, opens: true };
  const request = { client: one, sequence: 100, text: document(1) };
  const end = { client: one, sequence: 100 + request.text.length, ends: true };
  const answer = { client: one, from: 'server', sequence: 7, text: '{}' } as const;
  const again = [
    { client: one, sequence: 5000, opens: true },
    { client: one, sequence: 5001, text: document(2) },
    { client: one, sequence: 5001 + document(2).length, resets: true },
  ];
  const silent = { client: other, sequence: 1, opens: true };
  t.same(told(pcap([opening, opening, silent, end, request, end, answer, ...again])), [
    '1 opened',
    `1 client: ${document(1)}`,
    '1 client ended',
    '1 server: {}',
    '3 opened',
    `3 client: ${document(2)}`,
    '3 client reset',
    'of 127.0.0.1:6000',
  ]);
});

t.test('a listener is not told of a capture in which something is missing', async (t) => {
  const opening = { client: 40_000, sequence: 99, opens: true };
  const all = [opening, ...spoken(40_000, document(1) + document(2), 100)];
  const end = { client: 40_000, sequence: 99 + all.length, ends: true };
  t.equal(told(pcap([...all, end])).at(-2), '1 client ended');
  t.throws(() => told(pcap(all.slice(1))), { message: /^has gaps: / }, 'the beginning');
  t.throws(() => told(pcap(all.toSpliced(-2, 1))), { message: /^has gaps: / }, 'a byte');
  t.throws(() => told(pcap([...all.slice(0, -1), end])), { message: /^has gaps: / }, 'the last byte');
  const file = pcap(all);
  t.throws(() => told(file.subarray(0, -1)), { message: /^is cut short: / });
  t.throws(() => told(file.subarray(0, -60)), { message: /^is cut short: / }, 'in the head of a frame');
  file.writeUInt32LE(2000, 24 + 12);
  t.throws(() => told(file), { message: /^is cut short: / }, 'a frame was longer');
});
