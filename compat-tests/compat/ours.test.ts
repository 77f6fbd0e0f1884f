import t from 'tap';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';
import { clusterSite } from '../replay/site.js';
import { breaking } from './relay.js';
import { faulty, runTool, verdicts } from './tool.js';

// Nothing is measured here: a wait of the tool may be long.
const PATIENT = ['--timeout', '20'];

t.setTimeout(600_000);

for (const groups of ['session,json,framing,stored,identity,sql,order,half-open', 'bytes', 'hostile'])
  t.test(`ours is as the original, or differs on purpose: ${groups}`, async (t) => {
    const server = await startServer(['--data', ':memory:']);
    t.teardown(() => server.child.stop('SIGKILL'));
    const patience = groups === 'bytes' ? ['--timeout', '15'] : PATIENT;
    const run = await runTool(server.port, '--only', groups, ...patience);
    t.same(faulty(run), [], run.log);
    t.equal(run.status, 0, run.log);
    t.ok(run.results.size > 15);
    if (groups !== 'bytes') return;
    t.same(verdicts(run, 'bytes/chat-online', 'bytes/two-in-one-read', 'bytes/sigint'), [
      'same',
      'differs 1',
      'not run',
    ]);
    const [needs] = [run.results.get('bytes/sigint')?.finding];
    t.match(needs, { needs: { en: /--mysql/ } }, 'what it would need is said');
  });

t.test('the same in the words of a fork; what these have no request for is not run', async (t) => {
  const fork = ['--dialect', 'docs/dialects/Minus-cell.json'];
  const server = await startServer(['--data', ':memory:', ...fork]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const hostile = [
    'one_chat_msg-without-toid',
    'add_group_msg-with-null-as-groupid',
    'an-array',
    'only-nuls',
    '60-000-open-arrays',
  ];
  const cases = ['session', 'json/key-order', 'framing/cut-in-a-character'];
  const only = [...cases, ...hostile.map((name) => `hostile/${name}`)].join();
  const run = await runTool(server.port, ...fork, '--only', only, ...PATIENT);
  t.same(faulty(run), [], run.log);
  t.equal(run.status, 0, run.log);
  for (const name of hostile)
    t.match(verdicts(run, `hostile/${name}`), [/^(same|differs 2)$/], `hostile/${name}`);
  t.same(verdicts(run, 'json/key-order', 'framing/cut-in-a-character', 'session/log-out-and-in'), [
    'same',
    'differs 1',
    'not run',
  ]);
  t.match(run.results.get('session/log-out-and-in')?.finding, {
    needs: { en: 'a dialect with a request for logout' },
  });
});

t.test('who logs out of a fork without an id is out: its next message is none', async (t) => {
  const fork = ['--dialect', 'docs/dialects/chendanye.json'];
  const server = await startServer(['--data', ':memory:', ...fork]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const run = await runTool(server.port, ...fork, '--only', 'hostile/loginout_msg-without-id', ...PATIENT);
  t.same(faulty(run), [], run.log);
  t.match(verdicts(run, 'hostile/loginout_msg-without-id'), ['differs 2'], run.log);
});

t.test(
  'what is more than the original has is asked for where the server says that it can do it',
  async (t) => {
    const server = await startServer(['--data', ':memory:', '--history', '1', '--friend-requests']);
    t.teardown(() => server.child.stop('SIGKILL'));
    const run = await runTool(server.port, '--only', 'more', ...PATIENT);
    t.equal(run.status, 0, run.log);
    const all = [...run.results.keys()];
    t.ok(all.length > 15);
    t.same(new Set(verdicts(run, ...all)), new Set(['differs 24']), run.log);
  },
);

t.test(
  'a server that has nothing of it is not asked for it, and the report says what is missing',
  async (t) => {
    const server = await startServer(['--data', ':memory:', '--pace', '0']);
    // As the original: it does not answer the question what it can do.
    const relay = await breaking(server.port, (text) => text.replace(/\{[^{}]*"msgid":102[^{}]*\}/, ''));
    t.teardown(async () => {
      relay.close();
      await server.child.stop('SIGKILL');
    });
    const run = await runTool(relay.port, '--only', 'more', ...PATIENT);
    t.equal(run.status, 0, run.log);
    for (const [id, { finding }] of run.results)
      t.match(
        finding,
        { verdict: 'not run', needs: { en: /^a server that can do \w+ \(PROTOCOL\.md section 9\)$/ } },
        id,
      );
    t.match(run.results.get('more/recall')?.finding, { needs: { en: /do recall / } });
  },
);

t.test('a cluster of ours, with its tables', async (t) => {
  const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start()]);
  t.teardown(async () => {
    await Promise.all([mariadb.stop(), redis.stop()]);
  });
  const site = await clusterSite(mariadb, redis);
  t.teardown(() => site.stop());
  const [one, two] = [site.node(0).port, site.node(1).port];
  const url = mariadb.url('chat');
  const refused = await runTool(one, '--mysql', url);
  t.equal(refused.status, 2);
  t.match(refused.log, /every table of that database is emptied/);
  const all = ['--second', `127.0.0.1:${two}`, '--mysql', url, '--may-empty-the-database', ...PATIENT];
  const run = await runTool(one, '--only', 'bytes,nodes', ...all);
  t.same(faulty(run), [], run.log);
  t.equal(run.status, 0, run.log);
  t.same(verdicts(run, 'bytes/cross-node-group', 'bytes/login-long', 'bytes/duplicate-rows', 'nodes/order'), [
    'same',
    'same',
    'differs 14',
    'same',
  ]);
});

t.test('the tool starts the server itself, and again after a case that ends it', async (t) => {
  const { command, port } = await ownCommand();
  const run = await runTool(
    port,
    '--start',
    command,
    '--only',
    'session/chat,framing/two-in-one-read',
    ...PATIENT,
  );
  t.same(verdicts(run, 'session/chat', 'framing/two-in-one-read'), ['same', 'differs 1'], run.log);
});

/** A line of shell that starts ours, and the port where it listens then. */
async function ownCommand(): Promise<{ command: string; port: number }> {
  const { freePort } = await import('../harness/port.js');
  const port = await freePort();
  return { port, command: `'${process.execPath}' dist/main.js 127.0.0.1 ${port} --data :memory:` };
}
