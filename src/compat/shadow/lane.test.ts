import t from 'tap';
import { NO_FACTS } from './facts.js';
import { type Item, Lane } from './lane.js';

const likeness = {} as Item['likeness'];
/** How often what an item is about was looked at. */
let looks = 0;

function item(text: string, about: string, at: number): Item {
  const one = { text, likeness, isStored: false, at, facts: NO_FACTS, wasPassed: false, isAgain: false };
  return {
    ...one,
    get about() {
      looks++;
      return about;
    },
  };
}

const lane = () => new Lane<Item>((first, second) => first.text === second.text, false);

t.test('what is given up is paired with the earliest of its kind on the other side', async (t) => {
  const both = lane();
  for (const [text, about, at] of [
    ['a', 'chat', 1],
    ['b', 'group', 2],
    ['c', 'chat', 3],
    ['d', 'chat', 9],
  ] as const)
    both.add('first', item(text, about, at));
  for (const [text, about, at] of [
    ['w', 'group', 2],
    ['x', 'chat', 3],
    ['y', 'list', 4],
    ['z', 'chat', 8],
  ] as const)
    both.add('second', item(text, about, at));
  const told = both
    .giveUp(5, 5)
    .map((outcome) => [
      outcome.how,
      'first' in outcome ? outcome.first.text : '',
      'second' in outcome ? outcome.second.text : '',
    ]);
  t.same(told, [
    ['other', 'a', 'x'],
    ['other', 'b', 'w'],
    ['missing', 'c', ''],
    ['extra', '', 'y'],
  ]);
  t.same(
    both.takeAll().map(({ text }) => text),
    ['d', 'z'],
  );
  t.ok(both.isEmpty);
});

t.test('what waits on both sides is looked at once when it is given up, however much it is', async (t) => {
  const both = lane();
  for (let n = 0; n < 10_000; n++) {
    both.add('first', item(`first ${n}`, `${n} of the first`, 1));
    both.add('second', item(`second ${n}`, `${n} of the second`, 1));
  }
  looks = 0;
  t.equal(both.giveUp(2, 2).length, 20_000);
  t.ok(looks < 100_000, `${looks} looks`);
});

t.test('one of a hundred thousand messages that is lost, comes twice or is moved is found', async (t) => {
  const count = 100_000;
  const at = 77_777;
  const outcomes = (change: (numbers: number[]) => void) => {
    const both = lane();
    const numbers = Array.from({ length: count }, (_, n) => n);
    change(numbers);
    const found: string[] = [];
    for (let n = 0; n < Math.max(count, numbers.length); n++)
      for (const [which, number] of [
        ['first', n < count ? n : undefined],
        ['second', numbers[n]],
      ] as const) {
        const outcome = number === undefined ? undefined : both.add(which, item(`${number}`, 'chat', n));
        if (outcome !== undefined && outcome.how !== 'same') found.push(outcome.how);
      }
    return [...found, ...both.giveUp(count, count).map(({ how }) => how)];
  };
  t.same(
    outcomes(() => {}),
    [],
  );
  t.same(
    outcomes((numbers) => numbers.splice(at, 1)),
    ['missing'],
  );
  t.same(
    outcomes((numbers) => numbers.splice(at, 0, at - 1)),
    ['twice'],
  );
  t.same(
    outcomes((numbers) => numbers.splice(at, 2, at + 1, at)),
    ['moved'],
  );
});
