import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { type Entry, entryNumber, type UserEntry } from './bytes.js';
import { type Ack, ANY_SPEECH, type Ban, decode, ENTRY, encode, type Seen, type State } from './wire.js';

const aNode = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
/** As literals are: with a prototype. */
function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

const anId = fc.integer({ min: -2_147_483_648, max: 2_147_483_647 });
const ids = fc.array(anId);
const aNumber = fc.maxSafeNat();
const bytes = fc.uint8Array().map((array) => Buffer.from(array));

const anEntry = record<Entry>({ kind: fc.constantFrom(...Object.values(ENTRY)), userids: ids, bytes });
const entries: fc.Arbitrary<UserEntry[]> = fc.array(
  fc.tuple(
    fc
      .tuple(fc.nat({ max: 2 ** 31 }), fc.nat({ max: 65_535 }))
      .map(([batch, index]) => entryNumber(batch, index)),
    anId,
  ),
);
const anAck = record<Ack>({
  incarnation: anId,
  upTo: aNumber,
  whole: fc.boolean(),
  open: entries,
  done: entries,
  bounced: entries,
});
const aState = record<State>({
  hello: fc.boolean(),
  userids: ids,
  seen: fc.array(record<Seen>({ node: aNode, incarnation: anId, number: aNumber })),
  speech: record({ name: fc.string(), fingerprint: fc.string() }),
});

/** A frame as bytes, and what these must say. */
const written = fc.oneof(
  record({ node: aNode, incarnation: anId, number: aNumber, entries: fc.array(anEntry) }).map((it) => ({
    bytes: encode('batch', it.node, it),
    frame: { kind: 'batch', ...it },
  })),
  record({ node: aNode, it: anAck }).map(({ node, it }) => ({
    bytes: encode('ack', node, it),
    frame: { kind: 'ack', node, ...it },
  })),
  record({ node: aNode, it: aState }).map(({ node, it }) => ({
    bytes: encode('state', node, it),
    frame: { kind: 'state', node, ...it },
  })),
  record({ node: aNode, came: ids, left: ids }).map((it) => ({
    bytes: encode('moved', it.node, it),
    frame: { kind: 'moved', ...it },
  })),
  aNode.map((node) => ({ bytes: encode('closed', node, {}), frame: { kind: 'closed', node } })),
  record({ node: aNode, userids: ids }).map((it) => ({
    bytes: encode('taken', it.node, it),
    frame: { kind: 'taken', ...it },
  })),
  record({ node: aNode, userids: ids }).map((it) => ({
    bytes: encode('owned', it.node, it),
    frame: { kind: 'owned', ...it },
  })),
  record({
    node: aNode,
    still: fc.boolean(),
    bans: fc.array(record<Ban>({ userid: anId, seconds: anId })),
  }).map((it) => ({
    bytes: encode('banned', it.node, it),
    frame: { kind: 'banned', ...it },
  })),
  record({
    ...{ node: aNode, userid: anId, seq: anId, groupid: anId, receivers: ids },
    sent: fc.maxSafeNat(),
  }).map((it) => ({
    bytes: encode('recalled', it.node, it),
    frame: { kind: 'recalled', ...it },
  })),
  record({ node: aNode, whole: fc.boolean(), userids: ids, written: ids }).map((it) => ({
    bytes: encode('unwritten', it.node, it),
    frame: { kind: 'unwritten', ...it },
  })),
  record({ node: aNode, userids: ids }).map((it) => ({
    bytes: encode('released', it.node, it),
    frame: { kind: 'released', ...it },
  })),
);

t.test('what is written is read again, in exactly the room that was asked for', async () => {
  fc.assert(
    fc.property(written, ({ bytes, frame }) => {
      assert.deepEqual(decode(bytes), frame);
    }),
  );
});

t.test('a frame that is cut short is no frame', async () => {
  const cut = fc.tuple(written, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  fc.assert(
    fc.property(cut, ([{ bytes, frame }, part]) => {
      const read = decode(bytes.subarray(0, Math.floor(bytes.length * part)));
      // The entries of a batch end with it: fewer of them may be left, never others.
      if (read === undefined) return;
      assert.ok(read.kind === 'batch' && 'entries' in frame);
      assert.deepEqual(read.entries, frame.entries.slice(0, read.entries.length));
    }),
  );
});

t.test('what only a later node says is nothing to this one', async () => {
  fc.assert(
    fc.property(written, fc.integer({ min: 11, max: 255 }), ({ bytes }, kind) => {
      const later = Buffer.from(bytes);
      later[1] = kind;
      assert.equal(decode(later), undefined);
    }),
  );
});

t.test('whatever bytes come, they are read or they are nothing', async () => {
  const head = fc.tuple(fc.constantFrom(1, 2, 3, 4), fc.nat({ max: 10 })).map(([...two]) => Buffer.from(two));
  const garbage = fc.oneof(
    bytes,
    fc.tuple(head, bytes).map((parts) => Buffer.concat(parts)),
    fc.tuple(written, fc.nat(), fc.nat({ max: 255 })).map(([{ bytes }, at, byte]) => {
      const wrong = Buffer.from(bytes);
      wrong[at % wrong.length] = byte;
      return wrong;
    }),
  );
  fc.assert(
    fc.property(garbage, (bytes) => {
      const frame = decode(bytes);
      assert.ok(frame === undefined || typeof frame.node === 'string');
    }),
    { numRuns: 1000 },
  );
});

const NODE = '0123456789abcdef';
const EMPTY = Buffer.alloc(0);

/** What nodes of the versions before have written, in hex: nodes of this one read and write the same. */
const WRITTEN: readonly (readonly [what: string, bytes: Buffer, hex: string])[] = [
  [
    'a batch',
    encode('batch', NODE, {
      incarnation: 1,
      number: 2,
      entries: [
        { kind: ENTRY.stored, userids: [7], bytes: EMPTY },
        { kind: ENTRY.message, userids: [1, 2], bytes: Buffer.from('{"msgid":5}') },
        { kind: ENTRY.resume, userids: [3], bytes: EMPTY },
        { kind: ENTRY.channel, userids: [-4], bytes: EMPTY },
      ],
    }),
    '04000123456789abcdef0100000000000000000000400300000001000000070000000000000000000000020000000100000002000000' +
      '0b0000007b226d73676964223a357d010000000100000003000000000000000200000001000000fcffffff00000000',
  ],
  [
    'an acknowledgement',
    encode('ack', NODE, {
      incarnation: 1,
      upTo: 5,
      whole: true,
      open: [[entryNumber(3, 1), 2]],
      done: [
        [entryNumber(4, 0), 2],
        [entryNumber(5, 65_535), -1],
      ],
      bounced: [],
    }),
    '04010123456789abcdef0100000000000000000014400100000001000000000000000000084001000000020000000200000000000000' +
      '0000104000000000020000000000000000001440ffff0000ffffffff00000000',
  ],
  [
    'a state',
    encode('state', NODE, {
      hello: true,
      userids: [1, 2],
      seen: [{ node: 'fedcba9876543210', incarnation: 3, number: 4 }],
      speech: { name: 'muduo', fingerprint: 'f' },
    }),
    '04020123456789abcdef0100000002000000010000000200000001000000fedcba987654321003000000000000000000104005000000' +
      '6d7564756f0100000066',
  ],
  [
    'who came and left',
    encode('moved', NODE, { came: [1], left: [2] }),
    '04030123456789abcdef01000000010000000100000002000000',
  ],
  ['who is to be let go', encode('taken', NODE, { userids: [1] }), '04040123456789abcdef0100000001000000'],
  ['who was let in', encode('owned', NODE, { userids: [1] }), '04060123456789abcdef0100000001000000'],
  ['who has been let go', encode('released', NODE, { userids: [1] }), '040a0123456789abcdef0100000001000000'],
  ['the end', encode('closed', NODE, {}), '04050123456789abcdef'],
];

t.test('nodes of the versions before and of this one say the same bytes', async (t) => {
  for (const [what, bytes, hex] of WRITTEN) t.equal(bytes.toString('hex'), hex, what);
});

t.test('what is too much for a frame is nothing, whatever it says', async (t) => {
  const batch = (length: number) => {
    const entries = Array.from({ length }, (_, id) => ({ kind: 0, userids: [id], bytes: EMPTY }));
    return decode(encode('batch', NODE, { incarnation: 1, number: 1, entries }));
  };
  t.equal(batch(16_385), undefined);
  t.match(batch(16_384), { kind: 'batch', number: 1 }, 'nodes of ours send 4096 at most');
  const state = (length: number, seen = 0) =>
    decode(
      encode('state', NODE, {
        hello: true,
        userids: Array(length).fill(1),
        seen: Array(seen).fill({ node: NODE, incarnation: 1, number: 1 }),
        speech: ANY_SPEECH,
      }),
    );
  t.match(state(1_000_000), { kind: 'state' }, 'a node may have a million users');
  t.equal(state(1_048_577), undefined);
  t.match(state(0, 16_384), { kind: 'state' });
  t.equal(state(0, 16_385), undefined);
  const said = (length: number) => {
    const userids = Array(length).fill(1);
    return [
      encode('taken', NODE, { userids }),
      encode('owned', NODE, { userids }),
      encode('moved', NODE, { came: userids, left: [] }),
      encode('moved', NODE, { came: [], left: userids }),
      encode('banned', NODE, { still: true, bans: userids.map((userid) => ({ userid, seconds: 1 })) }),
    ].map(decode);
  };
  for (const frame of said(16_384)) t.ok(frame, 'nodes of ours say 1000 at most');
  for (const frame of said(16_385)) t.equal(frame, undefined);
});
