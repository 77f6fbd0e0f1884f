import t from 'tap';
import { aNode } from '../../compat-tests/harness/bus-node.js';
import { Unwritten } from './unwritten.js';
import { decode, encode, type FrameOf } from './wire.js';

const [ONE, OTHER] = ['00000000000000aa', '00000000000000bb'];

/** A node that hears what it is given as said by another one. */
function hearing() {
  const unwritten = new Unwritten(aNode().local);
  const hear = (node: string, { whole, userids, written }: Partial<FrameOf<'unwritten'>>) => {
    const saying = { whole: whole ?? false, userids: userids ?? [], written: written ?? [] };
    unwritten.heard(decode(encode('unwritten', node, saying)) as FrameOf<'unwritten'>);
  };
  return { unwritten, hear };
}

t.test('of whom another node has said so has numbers there, until they are written', async (t) => {
  const { unwritten, hear } = hearing();
  hear(ONE, { userids: [1, 2] });
  hear(OTHER, { userids: [2] });
  t.same(
    [1, 2, 3].map((id) => unwritten.isElsewhere(id)),
    [true, true, false],
  );
  hear(ONE, { written: [1, 2] });
  t.same(
    [1, 2].map((id) => unwritten.isElsewhere(id)),
    [false, true],
    'each node speaks for itself',
  );
});

t.test('what a node says whole takes the place of all that it said before; an end of it, too', async (t) => {
  const { unwritten, hear } = hearing();
  hear(ONE, { userids: [1, 2] });
  hear(OTHER, { userids: [3] });
  hear(ONE, { whole: true, userids: [2] });
  t.same(
    [1, 2, 3].map((id) => unwritten.isElsewhere(id)),
    [false, true, true],
  );
  hear(ONE, { whole: true });
  t.notOk(unwritten.isElsewhere(2));
  unwritten.gone(OTHER);
  t.notOk(unwritten.isElsewhere(3));
});

t.test('it is said once when it begins and ends, and all of it to who greets', async (t) => {
  const node = aNode();
  const unwritten = new Unwritten(node.local);
  const said = () =>
    node.said('unwritten').map(({ whole, userids, written }) => ({ whole, userids, written }));
  unwritten.tell(OTHER);
  unwritten.remove(1);
  t.same(said(), [], 'who has nothing to say says nothing');
  await unwritten.add(1);
  t.same(said(), [{ whole: false, userids: [1], written: [] }]);
  unwritten.tell(OTHER);
  t.same(said(), [{ whole: true, userids: [1], written: [] }]);
  unwritten.remove(1);
  unwritten.remove(1);
  t.same(said(), [{ whole: false, userids: [], written: [1] }]);
  unwritten.tell(OTHER);
  t.same(said(), [{ whole: true, userids: [], written: [] }], 'the end of it may not have been heard');
});

t.test('while it lasts all of it is said now and then, in parts', async (t) => {
  const node = aNode();
  const unwritten = new Unwritten(node.local);
  const beats = () => {
    for (let n = 0; n < 10; n++) unwritten.beat();
    return node.said('unwritten').map(({ whole, userids }) => [whole, userids.length]);
  };
  t.same(beats(), []);
  for (let id = 1; id <= 1500; id++) await unwritten.add(id);
  node.taken();
  t.same(beats(), [
    [true, 1000],
    [false, 500],
  ]);
});
