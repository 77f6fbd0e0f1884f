import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  type Answer,
  decode,
  type Entry,
  encodeAnswer,
  encodeClosed,
  encodeMoved,
  encodeParcel,
  encodeState,
  encodeTaken,
  type Parcel,
  type Place,
  roomOf,
  type Seen,
  type State,
} from './wire.js';

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

const anEntry = record<Entry>({ kind: fc.nat({ max: 2 }), userids: ids, bytes });
const places: fc.Arbitrary<Place[]> = fc.array(fc.tuple(aNumber, fc.nat(), anId));
const anAnswer = record<Answer>({
  epoch: anId,
  upTo: aNumber,
  whole: fc.boolean(),
  open: places,
  closed: places,
  refused: places,
});
const aState = record<State>({
  hello: fc.boolean(),
  userids: ids,
  seen: fc.array(record<Seen>({ node: aNode, epoch: anId, number: aNumber })),
  speech: record({ name: fc.string(), fingerprint: fc.string() }),
});

function parcel(node: string, it: Parcel): Buffer {
  const room = it.entries.reduce((sum, entry) => sum + roomOf(entry), 0);
  return encodeParcel(node, it, room);
}

/** A word as bytes, and what these must say. */
const written = fc.oneof(
  record({ node: aNode, epoch: anId, number: aNumber, entries: fc.array(anEntry) }).map((it) => ({
    bytes: parcel(it.node, it),
    word: { kind: 'parcel', ...it },
  })),
  record({ node: aNode, it: anAnswer }).map(({ node, it }) => ({
    bytes: encodeAnswer(node, it),
    word: { kind: 'answer', node, ...it },
  })),
  record({ node: aNode, it: aState }).map(({ node, it }) => ({
    bytes: encodeState(node, it),
    word: { kind: 'state', node, ...it },
  })),
  record({ node: aNode, came: ids, left: ids }).map((it) => ({
    bytes: encodeMoved(it.node, it.came, it.left),
    word: { kind: 'moved', ...it },
  })),
  aNode.map((node) => ({ bytes: encodeClosed(node), word: { kind: 'closed', node } })),
  record({ node: aNode, userids: ids }).map((it) => ({
    bytes: encodeTaken(it.node, it.userids),
    word: { kind: 'taken', ...it },
  })),
);

t.test('what is written is read again, in exactly the room that was asked for', async () => {
  fc.assert(
    fc.property(written, ({ bytes, word }) => {
      assert.deepEqual(decode(bytes), word);
    }),
  );
});

t.test('a word that is cut short is no word', async () => {
  const cut = fc.tuple(written, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  fc.assert(
    fc.property(cut, ([{ bytes, word }, part]) => {
      const read = decode(bytes.subarray(0, Math.floor(bytes.length * part)));
      // The entries of a parcel end with it: fewer of them may be left, never others.
      if (read === undefined) return;
      assert.ok(read.kind === 'parcel' && 'entries' in word);
      assert.deepEqual(read.entries, word.entries.slice(0, read.entries.length));
    }),
  );
});

t.test('whatever bytes come, they are read or they are nothing', async () => {
  const head = fc.tuple(fc.constantFrom(1, 2, 3, 4), fc.nat({ max: 8 })).map(([...two]) => Buffer.from(two));
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
      const word = decode(bytes);
      assert.ok(word === undefined || typeof word.node === 'string');
    }),
    { numRuns: 1000 },
  );
});
