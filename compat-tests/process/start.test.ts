import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';

const folder = newFolder();
const file = `${folder.path}/chat.db`;
const server = await startServer(['--data', file]);
t.teardown(async () => {
  await server.child.stop('SIGKILL');
  folder.remove();
});

/** Runs the server until it ends by itself: its exit status and everything it wrote. */
async function run(...args: string[]): Promise<[status: number | string, output: string]> {
  const child = new Child(process.execPath, ['dist/main.js', ...args]);
  return [await child.ended, child.log];
}

t.test("too few arguments: the original's line, our usage, exit status 255", async (t) => {
  for (const args of [[], ['127.0.0.1']]) {
    const [status, output] = await run(...args);
    t.equal(status, 255);
    t.match(
      output,
      /^command invalid! example: \.\/ChatServer 127\.0\.0\.1 6000\nusage: chat-server IP PORT/,
    );
  }
});

t.test('what cannot be served ends with one clear line', async (t) => {
  const [redis, mariadb] = await Promise.all([Redis.start(), MariaDb.start()]);
  t.teardown(() => Promise.all([redis.stop(), mariadb.stop()]));
  const mysql = ['--mysql', await mariadb.createDatabase('chat')];
  const memory = ['--data', ':memory:'];
  const taken = `${server.port}`;
  const cases: [args: string[], line: RegExp][] = [
    [['127.0.0.1', '70000'], /^chat-server: not a port: 70000$/],
    [['127.0.0.1', '0', '--bogus'], /^chat-server: unknown option --bogus$/],
    [
      ['127.0.0.1', taken, ...memory],
      /^chat-server: cannot listen on 127\.0\.0\.1 \d+ \(EADDRINUSE\): it is taken .*$/,
    ],
    [['127.0.0.1', taken, ...mysql, '--redis', redis.url], /^chat-server: .*EADDRINUSE.*$/],
    [
      ['127.0.0.1', '0', ...memory, '--redis', redis.url],
      /^chat-server: --redis joins nodes of one database.*$/,
    ],
    [
      ['127.0.0.1', '0', ...memory, '--spool', `${folder.path}/spool`],
      /^chat-server: --spool keeps what waits for MySQL.*: leave it out$/,
    ],
    [
      ['127.0.0.1', '0', '--data', file],
      new RegExp(
        `^chat-server: .*chat\\.db is in use by another chat-server, pid ${server.child.pid}: stop that one first$`,
      ),
    ],
    [
      ['127.0.0.1', '0', '--data', '/nowhere/chat.db'],
      /^chat-server: .*cannot be opened: there is no folder \/nowhere$/,
    ],
    [['127.0.0.1', '0', '--data', folder.path], /^chat-server: .*cannot be opened: it is a folder$/],
    [
      ['127.0.0.1', '0', ...mysql, '--redis', 'redis://127.0.0.1:1'],
      /^chat-server: Redis at 127\.0\.0\.1:1 cannot be reached.*$/,
    ],
    [
      ['127.0.0.1', '0', '--mysql', 'mysql://root:x@127.0.0.1:1/chat'],
      /^\{.*ECONNREFUSED.*\}\nchat-server: cannot use the database 127\.0\.0\.1:1\/chat.*$/,
    ],
  ];
  for (const [args, line] of cases) {
    const [status, output] = await run(...args);
    t.not(status, 0, args.join(' '));
    t.match(output.trimEnd(), line);
  }
});

t.test('a system that allows too few open files is told of, before anything else', async (t) => {
  const child = new Child('sh', ['-c', `ulimit -n 64; exec ${process.execPath} dist/main.js --version`]);
  t.equal(await child.ended, 1);
  t.equal(
    child.log,
    'chat-server: only 64 files may be open, too few to run: raise the limit with ulimit -n 65536\n',
  );
});

t.test('--help and --version', async (t) => {
  const [[helped, help], [told, version]] = [await run('--help'), await run('--version')];
  t.same([helped, told], [0, 0]);
  t.match(help, /^usage: chat-server IP PORT \[options\]/);
  t.match(version, /^\d+\.\d+\.\d+\n$/);
});
