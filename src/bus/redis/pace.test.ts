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
    const frame = receiver.arrived(bytes);
    if (frame !== undefined) heard.push(frame);
    return 1;
  });
  return { sender, heard, sizes, lost };
}

/** The frames of the bus begin with it. */
const VERSION = Buffer.from([1]);
const FRAMES = [0, 1, 100, 8191, 8192, 30_000, 5, 16_384, 100_000, 7].map((size) =>
  Buffer.concat([VERSION, randomBytes(size)]),
);

async function sayAll(sender: RedisPace): Promise<number[]> {
  return await Promise.all(FRAMES.map((frame) => sender.tell('x', frame)));
}

function same(t: Test, heard: readonly Buffer[], frames: readonly Buffer[]): void {
  t.equal(heard.length, frames.length);
  t.ok(heard.every((frame, n) => frames[n]?.equals(frame)));
}

t.test('frames go as they are until somebody is cut off', async (t) => {
  const { sender, heard, sizes } = pair();
  await sayAll(sender);
  same(t, heard, FRAMES);
  t.same(
    sizes,
    FRAMES.map((frame) => frame.length),
  );
});

t.test('then they go in parts, and come whole, in order', async (t) => {
  const { sender, heard, sizes } = pair();
  sender.wasCut();
  t.same(
    await sayAll(sender),
    FRAMES.map(() => 1),
  );
  same(t, heard, FRAMES);
  t.ok(Math.max(...sizes) < 8300, `the longest has ${Math.max(...sizes)}`);
});

t.test('a frame of which a part is lost never comes, the next ones do', async (t) => {
  for (let n = 2; n < 8; n++) {
    const { sender, heard, lost } = pair();
    sender.wasCut();
    lost.add(n);
    const frames = [Buffer.alloc(40_000, 'a'), Buffer.alloc(20_000, 'b')];
    await Promise.all(frames.map((frame) => sender.tell('x', frame)));
    same(t, heard, n <= 6 ? frames.slice(1) : frames.slice(0, 1));
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
  t.ok((await said).filter((count) => count === 0).length >= FRAMES.length - 5);
  const last = Buffer.alloc(20_000, 'c');
  await sender.tell('x', last);
  same(t, heard.slice(-1), [last]);
});
