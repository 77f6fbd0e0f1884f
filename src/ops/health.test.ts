import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import t from 'tap';
import { Health } from './health.js';

function open() {
  const lines: Record<string, unknown>[] = [];
  const health = new Health(
    'the database',
    pino({}, { write: (line: string) => lines.push(JSON.parse(line)) }),
  );
  return { health, lines };
}

t.test('a service goes away with its cause, once, and is back after so long', async (t) => {
  const { health, lines } = open();
  health.worked();
  t.equal(health.problem, undefined);
  health.failed('connect ECONNREFUSED');
  health.failed('connect ECONNREFUSED');
  t.match(lines, [{ level: 40, reason: 'connect ECONNREFUSED', msg: 'the database is away' }]);
  t.equal(health.problem, 'connect ECONNREFUSED');
  health.worked();
  t.equal(lines.length, 1, 'what works besides does not make it well');
  for (; health.problem !== undefined; health.worked()) await delay(50);
  t.match(lines[1], { level: 30, msg: 'the database is back' });
  t.ok(Number(lines[1]?.seconds) >= 1);
  t.equal(health.problem, undefined);
});

t.test('a service that is away is asked until it is back', async (t) => {
  const { health, lines } = open();
  health.failed('gone');
  // The probe itself keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  await new Promise<void>((resolve) => {
    health.probe(async () => {
      health.back();
      resolve();
    });
  });
  t.equal(lines.at(-1)?.msg, 'the database is back');
});
