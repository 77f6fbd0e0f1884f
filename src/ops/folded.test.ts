import { pino } from 'pino';
import t from 'tap';
import { Folded } from './folded.js';

/** The lines that are written; `next` waits for one more. */
function open(level?: 'warn' | 'error', perSecond?: number) {
  const lines: Record<string, unknown>[] = [];
  let heard = () => {};
  const write = (line: string) => {
    lines.push(JSON.parse(line));
    heard();
  };
  const next = () => new Promise<void>((resolve) => (heard = resolve));
  return { folded: new Folded(pino({}, { write }), level, perSecond), lines, next };
}

// Lines that are held back keep no process alive by themselves.
const alive = setInterval(() => {}, 1000);
t.teardown(() => clearInterval(alive));

t.test('the first of equal lines is told at once, and another one for all that follow', async (t) => {
  const { folded, lines, next } = open();
  for (let n = 0; n < 1000; n++) folded.add({ reason: 'bad', address: 'a' }, 'dropped');
  folded.add({ reason: 'bad', address: 'b' }, 'dropped');
  t.match(lines, [
    { level: 40, reason: 'bad', address: 'a', msg: 'dropped' },
    { level: 40, reason: 'bad', address: 'b', msg: 'dropped' },
  ]);
  t.notOk('unlogged' in (lines[0] ?? {}));
  await next();
  t.match(lines[2], { reason: 'bad', address: 'a', msg: 'dropped', unlogged: 998 });
  t.equal(lines.length, 3);
});

t.test('however many differ, ten lines a second are told, and every event is counted in one', async (t) => {
  const { folded, lines, next } = open('error');
  const started = Math.floor(performance.now() / 1000);
  for (let n = 0; n < 1000; n++) folded.add({ reason: 'bad', address: `${n % 30}` }, 'dropped');
  const told = () => lines.reduce((sum, { unlogged = 0 }) => sum + 1 + Number(unlogged), 0);
  while (told() < 1000) await next();
  const seconds = Math.floor(performance.now() / 1000) - started;
  t.ok(lines.length <= 10 * (seconds + 1), `${lines.length} lines in ${seconds} s`);
  t.equal(lines[0]?.level, 50);
  t.equal(told(), 1000);
  t.equal(new Set(lines.map(({ address }) => address)).size, 30, 'none hides another');
});

t.test('what has no room of its own is told by its reason alone', async (t) => {
  // Else the first 200 lines alone would take 20 s.
  const { folded, lines, next } = open('warn', 40);
  for (let n = 0; n < 300; n++) folded.add({ reason: 'bad', address: `${n}` }, 'dropped');
  while (!lines.some(({ address }) => address === undefined)) await next();
  t.match(
    lines.find(({ address }) => address === undefined),
    { reason: 'bad', msg: 'dropped', unlogged: 99 },
  );
});
