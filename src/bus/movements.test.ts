import t from 'tap';
import { Movements } from './movements.js';

/** What is said, as it is said. */
function heard() {
  const frames: unknown[] = [];
  const movements = new Movements({
    moved: (came, left) => frames.push({ came, left }),
    owned: (owned) => frames.push({ owned }),
  });
  return { frames, movements };
}

t.test(
  'who comes, leaves and is let in during one turn of the event loop is in one frame each',
  async (t) => {
    const { frames, movements } = heard();
    const said = [movements.came(1), movements.came(2), movements.left(3)];
    movements.owned(1);
    movements.owned(2);
    t.same(frames, [], 'nothing is said before the turn ends');
    await Promise.all(said);
    t.same(frames, [{ came: [1, 2], left: [3] }, { owned: [1, 2] }]);
  },
);

t.test('a user who moves more than once in a turn is heard in the order in which it moved', async (t) => {
  const { frames, movements } = heard();
  void movements.came(1);
  void movements.left(1);
  void movements.came(1);
  movements.owned(1);
  await movements.left(1);
  t.same(frames, [
    { came: [1], left: [] },
    { came: [], left: [1] },
    { came: [1], left: [] },
    { owned: [1] },
    { came: [], left: [1] },
  ]);
});

t.test('what is to be said first is said first, and once', async (t) => {
  const { frames, movements } = heard();
  const said = movements.came(1);
  movements.flush();
  movements.flush();
  t.same(frames, [{ came: [1], left: [] }]);
  await said;
  await movements.came(2);
  t.same(frames.slice(1), [{ came: [2], left: [] }]);
});

t.test('a frame has at most 1,000 users', async (t) => {
  const { frames, movements } = heard();
  await Promise.all(Array.from({ length: 2500 }, (_, id) => movements.left(id)));
  t.same(
    frames.map((frame) => (frame as { left: number[] }).left.length),
    [1000, 1000, 500],
  );
});
