import t from 'tap';
import { Health } from './health.js';
import { openLog, SEEN } from './log.js';
import { newestFirst, Recent } from './recent.js';
import { Sink } from './sink.js';

class Nowhere extends Sink {
  override write(): void {}
}

t.test('lines of one kind are one, with their number: a client cannot fill the list', async (t) => {
  const recent = new Recent();
  const log = openLog('info', recent, new Nowhere());
  log.warn({ reason: 'gone' }, 'Redis is away');
  for (let n = 0; n < 200; n++)
    log.warn({ reason: 'bad', address: `${n}`, ...(n === 7 && { unlogged: 5 }) }, 'message dropped');
  log.error('something');
  log.info('of no interest');
  t.match(recent.all(), [
    { message: 'Redis is away', count: 1, level: 40, reason: 'gone' },
    { message: 'message dropped', count: 205, level: 40, fields: 'reason: bad, address: 199' },
    { message: 'something', count: 1, level: 50, fields: '' },
  ]);
  t.equal(recent.all().length, 3);
});

t.test('what ended a warning stands beside it, whatever the level of the log', async (t) => {
  for (const level of ['info', 'warn'] as const) {
    const recent = new Recent();
    const health = new Health('Redis', openLog(level, recent, new Nowhere()));
    health.failed('gone');
    health.back();
    t.match(
      recent.all().map(({ message }) => message),
      level === 'info' ? ['Redis is away', 'Redis is back'] : ['Redis is away'],
    );
  }
  t.equal(JSON.stringify({ [SEEN]: true }), '{}', 'the mark is no field of the line');
});

t.test('several processes: the newest first, and those of one kind together', async (t) => {
  const entry = { first: 1, level: 40, fields: '', count: 2 };
  const all = newestFirst([
    { ...entry, time: 10, message: 'a' },
    { ...entry, time: 30, message: 'b', first: 20 },
    { ...entry, time: 40, message: 'a', fields: 'newer', first: 5 },
  ]);
  t.same(all, [
    { ...entry, time: 40, message: 'a', fields: 'newer', count: 4 },
    { ...entry, time: 30, message: 'b', first: 20 },
  ]);
});

t.test('the list is bounded', async (t) => {
  const recent = new Recent();
  for (let n = 0; n < 100; n++) recent.add(40, [`text ${n}`]);
  t.equal(recent.all().length, 50);
  t.equal(recent.all().at(-1)?.message, 'text 99');
});
