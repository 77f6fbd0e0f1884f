import { once } from 'node:events';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { relative } from 'node:path';
import t, { type Test } from 'tap';
import { Child } from '../harness/child.js';
import { until } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { listens } from '../harness/listens.js';
import { freePort } from '../harness/port.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());

async function start(t: Test, ...options: string[]) {
  const server = await startServer(['--data', ':memory:', '--pace', '0', ...options]);
  t.teardown(() => server.child.stop('SIGKILL'));
  return server;
}

/** A server with a terminal for its input and output. */
function onTerminal(t: Test, port: number, ...options: string[]): Child {
  const server = `exec env -u NODE_OPTIONS ${process.execPath} dist/main.js 127.0.0.1 ${port} ${options.join(' ')}`;
  const child = new Child('script', ['--quiet', '--return', '--command', server, '/dev/null']);
  t.teardown(() => child.stop('SIGKILL'));
  return child;
}

t.test('on a terminal a start says what a person wants to know, and the log is text', async (t) => {
  const child = onTerminal(t, 0, '--data', ':memory:');
  const [, pid] = await child.logged(/to stop +Ctrl\+C, or kill (\d+)/);
  const shown = child.log.replaceAll('\r', '');
  t.match(shown, /^chat-server \d+\.\d+\.\d+ listens on 127\.0\.0\.1:\d+$/m);
  t.match(shown, /^ {2}database +:memory:$/m);
  t.match(shown, /^ {2}Redis +none: no other nodes$/m);
  t.match(shown, /^ {2}dialect +original$/m);
  t.match(shown, /^ {2}clients +(room for [\d,]+|as many as come)$/m);
  t.notMatch(shown, /\{/);
  process.kill(Number(pid), 'SIGHUP');
  t.equal(await child.ended, 0, 'SIGHUP: its terminal is gone');
  t.match(child.log, /\d\d:\d\d:\d\d info {2}stopping \(reason: SIGHUP\)/);
});

t.test('SIGUSR1 opens no debugger and SIGUSR2 ends nothing: both say what to send', async (t) => {
  const { child } = await start(t);
  for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) {
    child.signal(signal);
    await child.logged(
      new RegExp(`"level":40,.*"signal":"${signal}".*this signal does nothing: SIGHUP opens the log`),
    );
  }
  child.signal('SIGHUP');
  await child.logged(/"reloaded"/);
  t.notMatch(child.log, /Debugger/);
});

t.test('a signal that comes while a server starts neither ends it nor opens a debugger', async (t) => {
  // A database that takes connections and says nothing: the start waits for it.
  const database = createServer();
  database.listen(0, '127.0.0.1');
  await once(database, 'listening');
  t.teardown(() => database.close());
  const { port } = database.address() as AddressInfo;
  const url = `mysql://root:x@127.0.0.1:${port}/chat`;
  const child = new Child(process.execPath, ['dist/main.js', '127.0.0.1', '0', '--mysql', url]);
  t.teardown(() => child.stop('SIGKILL'));
  const [asked] = (await child.orEnded(once(database, 'connection'), 'ask the database')) as [Socket];
  for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGHUP'] as const) child.signal(signal);
  asked.destroy();
  database.close();
  t.equal(await child.ended, 1, 'it ends as it does without a database');
  t.notMatch(child.log, /Debugger/);
});

t.test('a start names the database by its whole path, and says how many accounts it has', async (t) => {
  const file = `${folder.path}/counted.db`;
  const starts = async () => {
    const args = ['dist/main.js', '127.0.0.1', '0', '--data', relative('.', file), '--log-format', 'text'];
    const child = new Child(process.execPath, args);
    t.teardown(() => child.stop('SIGKILL'));
    const [, database] = await child.logged(/^ {2}database +(.*)$/m);
    const [, port] = await child.logged(/listens on 127\.0\.0\.1:(\d+)$/m);
    return { child, database, port: Number(port) };
  };
  for (const [at, counted] of ['0 accounts (new)', '1 account', '2 accounts'].entries()) {
    const { child, database, port } = await starts();
    t.equal(database, `${file}, ${counted}`);
    const user = await User.connect({ port });
    await user.register(`user ${at}`);
    await user.close();
    await child.stop();
  }
});

t.test('on a pipe it is JSON, with the same in it; --log-format and --log-level are obeyed', async (t) => {
  const { child } = await start(t);
  const [line] = await child.logged(/^.*"listening".*$/m);
  t.match(JSON.parse(line), { database: ':memory:', dialect: 'original', ip: '127.0.0.1', version: /^\d/ });
  const text = new Child(process.execPath, [
    'dist/main.js',
    '127.0.0.1',
    '0',
    '--data',
    ':memory:',
    '--log-format',
    'text',
  ]);
  t.teardown(() => text.stop('SIGKILL'));
  await text.logged(/^ {2}to stop/m);
  const json = onTerminal(t, 0, '--data', ':memory:', '--log-format', 'json');
  await json.logged(/"msg":"listening"/);
  const port = await freePort();
  const quiet = onTerminal(t, port, '--data', ':memory:', '--log-level', 'warn');
  await quiet.orEnded(listens(port), 'listen');
  t.equal(quiet.log, '');
});

t.test(
  'debug tells who comes and goes and what was refused and why, and never a text or a password',
  async (t) => {
    const { child, port } = await start(t, '--log-level', 'debug');
    const user = await User.connect({ port });
    await user.register('somebody', 'pass-word');
    await user.login(1, 'wrong-word');
    await user.login(1, 'pass-word');
    await user.chat(1, 1, 'secret-text');
    await user.hear();
    await user.close();
    await child.logged(/"a client has gone"/);
    await child.logged(/"a user has left"/);
    const long = await User.connect({ port });
    await long.say(`{"msg":"${'x'.repeat(100_000)}`);
    await long.rest();
    await until(async () => child.log.split('a client has gone').length > 2, 'both to have gone');
    const events = child.log
      .split('\n')
      .filter((line) => line.includes('"level":20'))
      .map((line) => JSON.parse(line));
    const address = '127.0.0.1';
    t.match(events, [
      { msg: 'a client has come', address },
      { msg: 'refused', address, request: 'login', result: 'invalid' },
      { msg: 'a user is here', address, userid: 1 },
      { msg: 'a client has gone', address, reason: 'it closed the connection' },
      { msg: 'a user has left', userid: 1 },
      { msg: 'a client has come', address },
      { msg: 'a client has gone', address, reason: 'its message was too long' },
    ]);
    t.equal(events.length, 7);
    t.notMatch(child.log, /pass-word|wrong-word|secret-text|somebody|xxxx/);
  },
);

for (const workers of ['1', '2']) {
  t.test(`SIGHUP: the log of ${workers} process(es) goes on in a new file`, async (t) => {
    const file = `${folder.path}/log${workers}`;
    const child = new Child(process.execPath, [
      ...['dist/main.js', '127.0.0.1', '0', '--data', ':memory:', '--workers', workers, '--log-file', file],
    ]);
    t.teardown(() => child.stop('SIGKILL'));
    await until(async () => existsSync(file) && readFileSync(file, 'utf8').includes('listening'), 'a start');
    renameSync(file, `${file}.1`);
    child.signal('SIGHUP');
    const reloaded = () => (existsSync(file) ? readFileSync(file, 'utf8').match(/"reloaded"/g)?.length : 0);
    await until(async () => reloaded() === Number(workers), 'all processes to write to the new file');
    t.equal(await child.stop(), 0);
    t.match(readFileSync(file, 'utf8'), /"stopped"/);
    t.notMatch(readFileSync(`${file}.1`, 'utf8'), /"stopped"/);
    t.equal(child.log, '');
  });
}

t.test('a log that cannot be written', async (t) => {
  const args = ['dist/main.js', '127.0.0.1', '0', '--data', ':memory:', '--log-file'];
  const nowhere = new Child(process.execPath, [...args, '/nowhere/log']);
  t.equal(await nowhere.ended, 1);
  t.equal(nowhere.log, 'chat-server: the log cannot be written to /nowhere/log: ENOENT\n');
});

t.test('a disk that is full costs lines of the log, and nothing else', async (t) => {
  const port = await freePort();
  const args = ['--data', ':memory:', '--pace', '0', '--log-level', 'debug', '--log-file', '/dev/full'];
  const child = new Child(process.execPath, ['dist/main.js', '127.0.0.1', `${port}`, ...args]);
  t.teardown(() => child.stop('SIGKILL'));
  await child.orEnded(listens(port), 'listen');
  const user = await User.connect({ port });
  await user.register('somebody');
  await user.login(1);
  await user.chat(1, 1, 'hello');
  t.match(await user.hear(), { msg: 'hello' });
  await user.close();
  t.equal(await child.stop(), 0);
});
