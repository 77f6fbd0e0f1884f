import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { childrenOf } from '../harness/children.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

const PREFIX = 'chat-server-workers-';
const LONG_AGO = 1_000_000_000;

t.test('folders of servers that were killed are removed at the next start, and no others', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const there = () => readdirSync(folder.path).filter((name) => name.startsWith(PREFIX));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder.path;
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  const start = async () => {
    const server = await startServer(['--data', ':memory:', '--pace', '0', '--workers', '2']);
    t.teardown(() => server.child.stop('SIGKILL'));
    return server;
  };

  const killed = await start();
  const [left] = there();
  const workers = childrenOf(killed.child.pid);
  for (const pid of [killed.child.pid, ...workers]) process.kill(pid, 'SIGKILL');
  await killed.child.ended;
  t.same(there(), [left], 'it was killed');

  const make = (name: string) => {
    const path = join(folder.path, `${PREFIX}${name}`);
    mkdirSync(path);
    return path;
  };
  make('new');
  const old = make('old');
  const used = make('used');
  writeFileSync(join(used, 'a file'), '');
  for (const path of [old, used]) utimesSync(path, LONG_AGO, LONG_AGO);

  const running = await start();
  const names = there();
  t.equal(names.length, 3);
  t.ok(names.includes(`${PREFIX}new`), 'one that may be about to be used');
  t.ok(names.includes(`${PREFIX}used`), 'one with a file in it');
  t.notOk(left === undefined || names.includes(left));

  const other = await start();
  t.same(
    names.filter((name) => !there().includes(name)),
    [],
    'one whose owner lives stays',
  );
  const refused = await startServer(['--data', ':memory:', '--workers', '2'], running.port).then(
    () => 'it starts',
    ({ message }: Error) => (message.includes('EADDRINUSE') ? 'refused' : message),
  );
  t.same([refused, readdirSync(folder.path).length], ['refused', 4], 'one that cannot start leaves nothing');
  const user = await User.connect(running);
  t.equal((await user.register('somebody')).errno, 0);
  await user.close();
  t.equal(await running.child.stop(), 0);
  t.equal(await other.child.stop(), 0);
  t.same(
    readdirSync(folder.path).sort(),
    [`${PREFIX}new`, `${PREFIX}used`],
    'a server that stops leaves nothing',
  );
});
