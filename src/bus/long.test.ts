import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { onUnexpected } from '../net/guard.js';
import { Long } from './long.js';

/** A work of three parts, which says when each is done. */
function* inParts(name: string, said: string[]): Iterator<void> {
  for (const part of [1, 2, 3]) {
    said.push(`${name}${part}`);
    yield;
  }
}

t.test('what comes while a long work is under way is done behind it, long or not', async (t) => {
  const said: string[] = [];
  let isOver = false;
  const long = new Long(inParts('a', said), 'a test', () => {
    isOver = true;
  });
  t.same(said, [], 'nothing more of it in this turn');
  long.add(() => void said.push('b'));
  long.add(() => inParts('c', said));
  long.add(() => {
    said.push('d');
    long.add(() => void said.push('f'));
  });
  long.add(() => void said.push('e'));
  await long.done();
  t.same(said, ['a1', 'a2', 'a3', 'b', 'c1', 'c2', 'c3', 'd', 'e', 'f']);
  t.ok(isOver);
});

t.test('others have their turn between the parts', async (t) => {
  let turns = 0;
  let isOver = false;
  const spent = function* (): Iterator<void> {
    for (let part = 0; part < 3; part++) {
      const end = performance.now() + 11;
      while (performance.now() < end);
      yield;
    }
  };
  const long = new Long(spent(), 'a test', () => {
    isOver = true;
  });
  while (!isOver) {
    await turn();
    turns++;
  }
  await long.done();
  t.ok(turns >= 3, `${turns} turns`);
});

t.test('an error ends only the work in which it happens', async (t) => {
  const errors: string[] = [];
  t.teardown(onUnexpected((error, where) => errors.push(`${where}: ${(error as Error).message}`)));
  const said: string[] = [];
  const failing = function* (): Iterator<void> {
    yield;
    throw new Error('in a part');
  };
  const long = new Long(failing(), 'a test', () => said.push('over'));
  long.add(() => {
    throw new Error('at once');
  });
  long.add(() => void said.push('done'));
  await long.done();
  t.same(errors, ['a test: in a part', 'a test: at once']);
  t.same(said, ['done', 'over']);
});
