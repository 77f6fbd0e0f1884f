import t from 'tap';
import { aNode } from '../../compat-tests/harness/bus-node.js';

/** A node, and who came, left and was let in, as it is said. */
function heard() {
  const { local, taken } = aNode();
  const frames = () =>
    taken().map((frame) => {
      if (frame.kind === 'moved') return { came: frame.came, left: frame.left };
      return frame.kind === 'owned' ? { owned: frame.userids } : frame.kind;
    });
  return { frames, local };
}

t.test(
  'who comes, leaves and is let in during one turn of the event loop is in one frame each',
  async (t) => {
    const { frames, local } = heard();
    const said = [local.came(1), local.came(2), local.left(3)];
    local.owned(1);
    local.owned(2);
    t.same(frames(), [], 'nothing is said before the turn ends');
    await Promise.all(said);
    t.same(frames(), [{ came: [1, 2], left: [3] }, { owned: [1, 2] }]);
  },
);

t.test('a user who moves more than once in a turn is heard in the order in which it moved', async (t) => {
  const { frames, local } = heard();
  void local.came(1);
  void local.left(1);
  void local.came(1);
  local.owned(1);
  await local.left(1);
  t.same(frames(), [
    { came: [1], left: [] },
    { came: [], left: [1] },
    { came: [1], left: [] },
    { owned: [1] },
    { came: [], left: [1] },
  ]);
});

t.test('what is to be said first is said first, and once', async (t) => {
  const { frames, local } = heard();
  const said = local.came(1);
  void local.say(undefined, 'closed', {});
  local.flush();
  t.same(frames(), [{ came: [1], left: [] }, 'closed']);
  await said;
  await local.came(2);
  t.same(frames(), [{ came: [2], left: [] }]);
});

t.test('a frame has at most 1,000 users', async (t) => {
  const { frames, local } = heard();
  await Promise.all(Array.from({ length: 2500 }, (_, id) => local.left(id)));
  t.same(
    frames().map((frame) => (frame as { left: number[] }).left.length),
    [1000, 1000, 500],
  );
});
