import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Figures } from '../../src/compat/load/figures.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { breaking } from './relay.js';

t.setTimeout(600_000);

/** Runs `chat-compat load` for a second. Returns its exit status, and what it measured. */
async function runLoad(port: number, ...options: string[]) {
  const folder = newFolder();
  const file = join(folder.path, 'figures.json');
  const args = ['dist/compat/main.js', 'load', `127.0.0.1:${port}`, '--json', file, '--clients', '4'];
  const child = new Child(process.execPath, [...args, '--seconds', '1', ...options]);
  const status = await child.ended;
  try {
    const figures = JSON.parse(readFileSync(file, 'utf8')) as [Figures, ...Figures[]];
    return { status, log: child.log, figures };
  } catch {
    throw new Error(`chat-compat load ended (${status})\n${child.log}`);
  } finally {
    folder.remove();
  }
}

for (const scenario of ['one-to-one', 'pipelined', 'group', 'logins', 'connections'])
  t.test(`nothing is lost by ours: ${scenario}`, async (t) => {
    const server = await startServer(['--data', ':memory:', '--pace', '0']);
    t.teardown(() => server.child.stop('SIGKILL'));
    // Patient: a wait is no loss, however busy the machine is.
    const { status, log, figures } = await runLoad(
      server.port,
      ...['--scenario', scenario, '--timeout', '60', '--pid', `${server.child.pid}`],
    );
    t.equal(status, 0, log);
    const [{ done, rate, lost, twice, disordered, p50, p999, rss, seconds }] = figures;
    t.ok(done > 0 && rate > 0, log);
    t.same([lost, twice, disordered], [0, 0, 0]);
    t.ok(p50 <= p999);
    t.equal(seconds.length, 1, 'each second is told, too');
    t.ok((seconds[0]?.rate ?? 0) > 0 && (seconds[0]?.at ?? 0) >= 0.9);
    t.ok((rss ?? 0) > 1_000_000, 'the memory of the process is told');
  });

for (const [scenario, from, to, found] of [
  ['one-to-one', 'are you there?', 'are you thene?', /a delivered message is damaged/],
  ['group', '"msgid":10', '"msgid":16', /a delivered message is damaged/],
  ['logins', '"msgid":2,"name":"load', '"msgid":2,"name":"loud', /a login is answered otherwise than before/],
] as const)
  t.test(`one byte that is changed once is found: ${scenario}`, async (t) => {
    const server = await startServer(['--data', ':memory:', '--pace', '0']);
    // Not at once: what is answered first is what later answers are compared with.
    let left = 50;
    const relay = await breaking(server.port, (text) =>
      text.includes(from) && left-- === 1 ? text.replace(from, to) : text,
    );
    t.teardown(async () => {
      relay.close();
      await server.child.stop('SIGKILL');
    });
    const { status, log, figures } = await runLoad(
      relay.port,
      ...['--scenario', scenario, '--timeout', '60', '--seconds', '600'],
    );
    t.equal(status, 1, log);
    t.match(figures[0].failure, found, log);
  });

t.test('two servers are compared in turns', async (t) => {
  const server = await startServer(['--data', ':memory:', '--pace', '0']);
  t.teardown(() => server.child.stop('SIGKILL'));
  const at = `127.0.0.1:${server.port}`;
  const { status, log, figures } = await runLoad(
    server.port,
    '--compare',
    at,
    '--rate',
    '50',
    '--timeout',
    '60',
  );
  t.equal(status, 0, log);
  t.equal(figures.length, 6);
  t.match(log, /rate x [\d.]+, p99 x [\d.]+/);
});

/** One document of a message, whoever has sent it. */
const MESSAGE = (number: string) => new RegExp(`\\{[^{}]*#${number}@0000[^{}]*\\}`);

const BROKEN: Readonly<Record<string, [change: (text: string) => string, found: Partial<Figures>]>> = {
  lost: [(text) => text.replace(MESSAGE('00000005'), ''), { lost: 1, twice: 0 }],
  'passed on twice': [(text) => text.replace(MESSAGE('00000005'), '$&$&'), { lost: 0, twice: 1 }],
};

for (const [what, [change, found]] of Object.entries(BROKEN))
  t.test(`one message that is ${what} is found`, async (t) => {
    const server = await startServer(['--data', ':memory:', '--pace', '0']);
    const relay = await breaking(server.port, change);
    t.teardown(async () => {
      relay.close();
      await server.child.stop('SIGKILL');
    });
    // At a rate at which each message comes in a read of its own.
    const { status, log, figures } = await runLoad(
      relay.port,
      '--rate',
      '40',
      '--seconds',
      '2',
      '--timeout',
      '10',
    );
    t.equal(status, 1, log);
    t.match(figures[0], found, log);
  });
