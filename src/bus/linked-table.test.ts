import fc from 'fast-check';
import t from 'tap';
import { type Linked, LinkedTable } from './linked-table.js';

interface Entry extends Linked<Entry> {
  readonly name: number;
}

// Few buckets and few keys in each, so that keys meet.
const keys = fc.tuple(fc.nat(2), fc.nat(3)).map(([bucket, n]) => bucket + n * 2 ** 40);

/** The names from the oldest to the newest, and back. */
function names(table: LinkedTable<Entry>): { there: number[]; back: number[] } {
  const there: number[] = [];
  const back: number[] = [];
  for (let entry = table.oldest; entry !== undefined; entry = entry.newer) {
    there.push(entry.name);
    if (entry.newer !== undefined) continue;
    for (let last: Entry | undefined = entry; last !== undefined; last = last.older) back.unshift(last.name);
  }
  return { there, back };
}

t.test('it holds what a Map does, in the same order', async (t) => {
  fc.assert(
    fc.property(fc.array(keys, { maxLength: 60 }), (turns) => {
      const table = new LinkedTable<Entry>();
      const map = new Map<number, Entry>();
      // A key that is there is removed, another is added.
      for (const [name, key] of turns.entries()) {
        const there = table.get(key);
        if (there !== map.get(key)) t.fail(`${key} is another`);
        const entry = { key, name, beside: undefined, older: undefined, newer: undefined };
        if (there === undefined) table.add(entry);
        else table.remove(there);
        if (there === undefined) map.set(key, entry);
        else map.delete(key);
      }
      const expected = [...map.values()].map(({ name }) => name);
      t.same(names(table), { there: expected, back: expected });
      t.equal(table.size, map.size);
    }),
  );
});
