import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Outbox } from './outbox.js';

const never = () => {
  throw new Error('not expected');
};

/** Keeps every write apart, and takes it at once or when told to. */
class Sink extends Writable {
  readonly writes: string[] = [];
  private taken: (() => void) | undefined;
  private readonly slow: boolean;

  constructor(slow = false) {
    super();
    this.slow = slow;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk.toString());
    if (this.slow) this.taken = done;
    else done();
  }

  take(): void {
    this.taken?.();
  }
}

function outbox(stream: Writable, limits = {}, onOverflow: () => void = never, onIdle = () => {}) {
  return new Outbox(stream, { pace: 0, maxWaiting: 1000, ...limits }, onOverflow, onIdle);
}

t.test('one write for all messages of one turn of the event loop', async (t) => {
  const sink = new Sink();
  const box = outbox(sink);
  for (const text of ['a', 'b', 'c']) box.send(Buffer.from(text), 0);
  t.same(sink.writes, []);
  await turn();
  t.same(sink.writes, ['abc']);
});

t.test('no further write until the network has taken the last one', async (t) => {
  const sink = new Sink(true);
  const box = outbox(sink);
  box.send(Buffer.from('a'), 0);
  await turn();
  box.send(Buffer.from('b'), 0);
  box.send(Buffer.from('c'), 0);
  await turn();
  t.same(sink.writes, ['a']);
  t.notOk(box.idle);
  sink.take();
  await turn();
  t.same(sink.writes, ['a', 'bc']);
});

t.test('tells when a message has left, and when all have', async (t) => {
  const sink = new Sink(true);
  const told: string[] = [];
  const box = outbox(sink, {}, never, () => told.push('idle'));
  box.send(Buffer.from('a'), 0, (left) => told.push(`a ${left}`));
  await turn();
  t.same(told, []);
  sink.take();
  await turn();
  t.same(told, ['a true', 'idle']);
});

t.test('what has not left comes back when the connection ends', async (t) => {
  const sink = new Sink(true);
  const told: boolean[] = [];
  const box = outbox(sink);
  box.send(Buffer.from('a'), 7);
  await turn();
  box.send(Buffer.from('b'), 8);
  box.send(Buffer.from('c'), 0, (left) => told.push(left));
  const rest = box.end();
  t.same(
    rest.map(({ bytes, userid }) => [bytes.toString(), userid]),
    [
      ['a', 7],
      ['b', 8],
      ['c', 0],
    ],
  );
  t.same(told, [false]);
  t.notOk(box.send(Buffer.from('d'), 0), 'nothing is taken any more');
});

t.test('a reader that is too slow is noticed', async (t) => {
  const sink = new Sink(true);
  let overflows = 0;
  const box = outbox(sink, { maxWaiting: 10 }, () => overflows++);
  box.send(Buffer.alloc(6), 0);
  await turn();
  box.send(Buffer.alloc(4), 0);
  t.equal(overflows, 0);
  box.send(Buffer.alloc(1), 0);
  t.equal(overflows, 1);
});

t.test('with a pace: one message per write, the first at once', async (t) => {
  const sink = new Sink();
  const gone = new Promise<void>((resolve) => {
    const box = outbox(sink, { pace: 5 }, never, resolve);
    for (const text of ['a', 'b', 'c']) box.send(Buffer.from(text), 0);
  });
  await turn();
  t.same(sink.writes, ['a']);
  await gone;
  t.same(sink.writes, ['a', 'b', 'c']);
});

t.test('with a pace: a long queue is done within a second', async (t) => {
  const stream = new PassThrough();
  const begin = performance.now();
  await new Promise<void>((resolve) => {
    const box = outbox(stream.resume(), { pace: 20, maxWaiting: 1e6 }, never, resolve);
    for (let n = 0; n < 3000; n++) box.send(Buffer.from('x'), 0);
  });
  const took = performance.now() - begin;
  t.ok(took > 500, 'it is paced');
  t.ok(took < 3000, `${took} ms, which would be 60,000 at the full gap`);
});
