import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { RedisPace } from './pace.js';

const NODE = 'a1b2c3d4e5f60718';

/** Two nodes; what the first one says reaches the second one, unless it is lost. */
function pair() {
  const heard: Buffer[] = [];
  const sizes: number[] = [];
  const receiver = new RedisPace('0000000000000002', async () => 1);
  const lost = new Set<number>();
  const sender = new RedisPace(NODE, async (_, bytes) => {
    sizes.push(bytes.length);
    if (lost.has(sizes.length)) return 0;
    const word = receiver.arrived(bytes);
    if (word !== undefined) heard.push(word);
    return 1;
  });
  return { sender, heard, sizes, lost };
}

/** The words of the bus begin with it. */
const VERSION = Buffer.from([1]);
const WORDS = [0, 1, 100, 8191, 8192, 30_000, 5, 16_384, 100_000, 7].map((size) =>
  Buffer.concat([VERSION, randomBytes(size)]),
);

async function sayAll(sender: RedisPace): Promise<number[]> {
  return await Promise.all(WORDS.map((word) => sender.tell('x', word)));
}

function same(t: Test, heard: readonly Buffer[], words: readonly Buffer[]): void {
  t.equal(heard.length, words.length);
  t.ok(heard.every((word, n) => words[n]?.equals(word)));
}

t.test('words go as they are until somebody is cut off', async (t) => {
  const { sender, heard, sizes } = pair();
  await sayAll(sender);
  same(t, heard, WORDS);
  t.same(
    sizes,
    WORDS.map((word) => word.length),
  );
});

t.test('then they go in parts, and come whole, in order', async (t) => {
  const { sender, heard, sizes } = pair();
  sender.wasCut();
  t.same(
    await sayAll(sender),
    WORDS.map(() => 1),
  );
  same(t, heard, WORDS);
  t.ok(Math.max(...sizes) < 8300, `the longest has ${Math.max(...sizes)}`);
});

t.test('a word of which a part is lost never comes, the next ones do', async (t) => {
  for (let n = 2; n < 8; n++) {
    const { sender, heard, lost } = pair();
    sender.wasCut();
    lost.add(n);
    const words = [Buffer.alloc(40_000, 'a'), Buffer.alloc(20_000, 'b')];
    await Promise.all(words.map((word) => sender.tell('x', word)));
    same(t, heard, n <= 6 ? words.slice(1) : words.slice(0, 1));
    const last = Buffer.from('end');
    await sender.tell('x', last);
    same(t, heard.slice(-1), [last]);
  }
});

t.test('what waits is forgotten when all is to be said again', async (t) => {
  const { sender, heard } = pair();
  sender.wasCut();
  const said = sayAll(sender);
  sender.reset();
  t.ok((await said).filter((count) => count === 0).length >= WORDS.length - 5);
  const last = Buffer.alloc(20_000, 'c');
  await sender.tell('x', last);
  same(t, heard.slice(-1), [last]);
});
