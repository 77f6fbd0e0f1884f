import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { poolOfAll, poolOfEach } from './config/pool.js';
import { TOOLS } from './config/tools.js';
import { usage, usageOf } from './config/usage.js';
import { ConfigError, readCommand } from './config.js';
import { OPTIONS, type Option } from './options.js';
import { urlsOf, whereIs } from './store/mysql/hosts.js';

function config(args: string[], env: NodeJS.ProcessEnv = {}) {
  const command = readCommand(['127.0.0.1', '6000', ...args], env);
  if (command.run !== 'serve') throw new Error(command.run);
  return command.config;
}

const MYSQL = 'mysql://chat:secret@db:3306/chat';

t.test("the original's two arguments, and the defaults", async (t) => {
  t.match(config([]), {
    ip: '127.0.0.1',
    port: 6000,
    data: 'chat.db',
    pace: 5,
    'max-message': 65_536,
    'mysql-charset': 'gbk',
    'trust-client-ids': false,
    'drop-in': false,
    'log-level': 'info',
  });
});

t.test(
  'connections to the database are those of all workers together, and each worker has one',
  async (t) => {
    t.equal(poolOfEach(config([])), 8);
    t.equal(poolOfAll(config(['--workers', '4'])), 32);
    t.equal(poolOfEach(config(['--workers', '3', '--mysql-pool', '8'])), 2);
    t.equal(poolOfAll(config(['--workers', '3', '--mysql-pool', '8'])), 8);
    t.throws(() => config(['--workers', '3', '--mysql-pool', '2']), {
      message: '--mysql-pool 2 is too few for --workers 3: each needs a connection',
    });
  },
);

t.test('a database may have several hosts', async (t) => {
  const several = 'mysql://chat:secret@one,two:3307,[::1]:3308/chat';
  t.equal(config(['--mysql', several]).mysql, several);
  t.same(urlsOf(several), [
    'mysql://chat:secret@one/chat',
    'mysql://chat:secret@two:3307/chat',
    'mysql://chat:secret@[::1]:3308/chat',
  ]);
  t.equal(whereIs(several), 'one,two:3307,[::1]:3308/chat');
  for (const wrong of ['mysql://one,/chat', 'mysql://one,two:x/chat', 'mysql://one,two'])
    t.throws(() => config(['--mysql', wrong]), { message: /^--mysql / });
});

t.test('options from the command line and from the environment; the command line wins', async (t) => {
  t.match(config(['--pace', '0', '--trust-client-ids'], { CHAT_PACE: '7', CHAT_DATA: 'x.db' }), {
    pace: 0,
    'trust-client-ids': true,
    data: 'x.db',
  });
  t.equal(config([], { CHAT_TRUST_CLIENT_IDS: 'true' })['trust-client-ids'], true);
  t.equal(config([], { CHAT_TRUST_CLIENT_IDS: '0' })['trust-client-ids'], false);
  t.equal(config(['--drop-in=false'], { CHAT_DROP_IN: '1' })['drop-in'], false);
  t.equal(config([], { CHAT_PACE: '' }).pace, 5);
});

t.test('IP and port from the environment too', async (t) => {
  const env = { CHAT_IP: '::1', CHAT_PORT: '7000' };
  t.match(readCommand([], env), { run: 'serve', config: { ip: '::1', port: 7000 } });
  t.match(readCommand(['127.0.0.1', '0'], env), { run: 'serve', config: { ip: '127.0.0.1', port: 0 } });
  t.equal(readCommand([], { CHAT_IP: '::1' }).run, 'too few arguments');
});

t.test('what cannot be is said in one line', async (t) => {
  const wrong: [args: string[], message: RegExp][] = [
    [['127.0.0.1', '65536'], /^not a port: 65536$/],
    [['127.0.0.1', 'http'], /^not a port: http$/],
    [['somewhere', '6000'], /^not an IP address: somewhere$/],
    [['127.0.0.1', '6000', 'x'], /^unexpected argument: x$/],
    [['127.0.0.1', '6000', '--what'], /^unknown option --what$/],
    [['127.0.0.1', '6000', '--worker=2'], /^unknown option --worker; did you mean --workers\?$/],
    [['127.0.0.1', '6000', '-x'], /^unknown option -x$/],
    [['127.0.0.1', '6000', '--pace', '1.5'], /^--pace 1.5: is not a whole number$/],
    [['127.0.0.1', '6000', '--pace', '-1'], /^--pace -1: is below 0$/],
    [['127.0.0.1', '6000', '--pace'], /^--pace needs a value: --pace MS$/],
    [['127.0.0.1', '6000', '--pace', '--drop-in'], /^--pace needs a value: --pace MS$/],
    [['127.0.0.1', '6000', '--log-level', 'loud'], /^--log-level loud: is none of/],
    [['127.0.0.1', '6000', '--mysql', 'localhost'], /^--mysql is not a mysql:\/\/ URL$/],
    [['127.0.0.1', '6000', '--mysql', 'mysql://db'], /^--mysql names no database: .*\/chat$/],
    [
      ['127.0.0.1', '6000', '--mysql', 'mysql://127.0.0.1/chat?ssl-mode=verify_identity'],
      /^--mysql asks for .* needs the name of the host/,
    ],
    [
      ['127.0.0.1', '6000', '--mysql', 'mysql://db/chat?ssl-mode=yes'],
      /^--mysql has an ssl-mode that is none of/,
    ],
    [['127.0.0.1', '6000', '--utf8mb4'], /^--utf8mb4 goes with init$/],
    [['inti'], /^unknown command inti; did you mean init\?$/],
    [['backup'], /^usage: chat-server backup FILE \[options\]$/],
  ];
  for (const [args, message] of wrong) {
    t.throws(() => readCommand(args, {}), { constructor: ConfigError, message }, args.join(' '));
  }
  t.throws(() => readCommand(['127.0.0.1', '1'], { CHAT_IDLE: 'x' }), {
    message: /^CHAT_IDLE x: is not a number$/,
  });
});

t.test('a mistyped variable is told, and those of others are not', async (t) => {
  t.throws(() => config([], { CHAT_WORKRS: '2' }), {
    message: 'unknown variable CHAT_WORKRS; did you mean CHAT_WORKERS?',
  });
  t.equal(config([], { CHAT_ORIGINAL: '/somewhere', CHATTY: '1' }).workers, 1);
});

t.test('no message shows a password', async (t) => {
  const urls = [
    'mysql://root:hunter2@db:port/chat',
    'mysql://root:hun#ter2@db/chat',
    'mysql://root:hunter2@db/chat#ter2',
    'root:hunter2@db/chat',
    'hunter2',
  ];
  const calls: [args: string[], env: NodeJS.ProcessEnv][] = urls.flatMap((url) => [
    [['--mysql', url], {}],
    [[`--redis=${url}`], {}],
    [[], { CHAT_MYSQL: url }],
    [[`--myqsl=${url}`], {}],
  ]);
  for (const [args, env] of calls) {
    const call = () => config(args, env);
    t.throws(call, { message: /^((?!hun).)*$/s }, `${args} ${env.CHAT_MYSQL ?? ''}`);
  }
  t.throws(() => config(['mysql://root:hunter2@db/chat']), {
    message: 'unexpected argument: mysql://***@db/chat',
  });
  t.throws(() => config(['--mysql', 'mysql://root:hun#ter2@db/chat']), { message: /# is written %23/ });
});

t.test('a URL from a file, so that no list of processes shows it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'chat-config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'mysql');
  writeFileSync(file, `${MYSQL}\n`);
  t.equal(config(['--mysql-file', file]).mysql, MYSQL);
  t.equal(config([], { CHAT_MYSQL_FILE: file }).mysql, MYSQL);
  t.equal(config(['--mysql-file', file], { CHAT_MYSQL: 'mysql://other/chat' }).mysql, MYSQL);
  writeFileSync(file, 'secret');
  t.throws(() => config(['--mysql-file', file]), { message: `--mysql-file ${file} is not a mysql:// URL` });
  t.throws(() => config(['--redis-file', folder]), { message: /cannot be read: it is a folder$/ });
  t.throws(() => config(['--redis-file', '/nowhere']), {
    message: '--redis-file /nowhere cannot be read: there is no such file',
  });
});

t.test('a file gives what neither arguments nor variables do', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'chat-config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'chat.toml');
  const write = (text: string) => writeFileSync(file, text);
  write('ip = "::1"\nport = 7000 # a comment\npace = 1\nidle = 2\ndata = "x.db"\ndrop-in = true\n');
  t.match(readCommand(['--config', file, '--pace', '3'], { CHAT_PACE: '4', CHAT_IDLE: '5' }), {
    run: 'serve',
    config: { ip: '::1', port: 7000, pace: 3, idle: 5, data: 'x.db', 'drop-in': true },
  });
  t.match(readCommand([], { CHAT_CONFIG: file }), { config: { port: 7000, idle: 2 } });
  const wrong: [text: string, message: string | RegExp][] = [
    ['pase = 1', `${file}: unknown setting pase; did you mean pace?`],
    ['pace = "x"', `${file}: pace x: is not a number`],
    ['pace = 1\nmysql = mysql://root:hunter2@db/chat', /chat\.toml, line 2: ((?!hunter2).)*$/s],
    ['mysql = "hunter2"', `${file}: mysql is not a mysql:// URL`],
  ];
  for (const [text, message] of wrong) {
    write(text);
    t.throws(() => config(['--config', file]), { message }, text);
  }
  t.throws(() => config(['--config', '/nowhere']), {
    message: '--config /nowhere cannot be read: there is no such file',
  });
});

t.test('nodes of one Redis share one database: --redis with an embedded one is refused', async (t) => {
  const redis = ['--redis', 'redis://127.0.0.1:6379'];
  t.throws(() => config(redis), { constructor: ConfigError, message: /give --mysql as well.*--workers N/ });
  t.throws(() => config([...redis, '--data', ':memory:']), /give --mysql/);
  t.throws(() => config([], { CHAT_REDIS: 'redis://127.0.0.1:6379' }), /give --mysql/);
  t.ok(config([...redis, '--mysql', MYSQL]).redis);
  t.ok(config([...redis, '--drop-in']).redis);
});

t.test('help, version, and too few arguments', async (t) => {
  for (const flag of ['--help', '-h']) {
    t.same(readCommand([flag], {}), { run: 'help', of: undefined });
    t.same(readCommand(['dialect', flag], {}), { run: 'help', of: 'dialect' });
  }
  t.equal(readCommand(['--version'], {}).run, 'version');
  t.equal(readCommand(['127.0.0.1'], {}).run, 'too few arguments');
  for (const name of Object.keys(OPTIONS)) t.match(usage(), `--${name} `);
});

t.test('the help of a command names what it needs to know whom to ask', async (t) => {
  for (const name of ['users', 'kick', 'say'] as const)
    t.match(usageOf(name), /^ +--admin .*\n +--admin-peers .*\n +--admin-token /m);
  for (const name of ['user', 'password'] as const) t.match(usageOf(name), /^ +--data .*\n +--mysql /m);
  t.notMatch(usageOf('backup'), /--admin /);
});

t.test('what the commands do stands in one column', async (t) => {
  const lines = usage().split('\n');
  const columns = Object.values(TOOLS).map(({ usage: call, help }) =>
    lines.find((line) => line.startsWith(`  chat-server ${call} `))?.indexOf(` ${help}`),
  );
  t.equal(new Set(columns).size, 1, columns.join(' '));
  t.notOk(columns.includes(undefined));
});

t.test('a secret in any wrong place is not shown', async (t) => {
  const secrets = [
    'mysql://u:hunter2@h/d',
    'mysql://u:hun ter2@h:x/d',
    'redis://:hunter2@h',
    'u:hunter2@h',
    'mysql://u:hunter2',
  ];
  const twins = Object.entries<Option>(OPTIONS).flatMap(([name, { secret }]) =>
    secret ? [`${name}-file`] : [],
  );
  const shown = (args: string[], env: NodeJS.ProcessEnv = {}) => {
    try {
      readCommand(args, env);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  for (const secret of [...secrets, 'hunter2hunter2hunter2']) {
    const isToken = !secret.includes(':');
    const names = isToken ? twins : [...Object.keys(OPTIONS), ...twins, 'config', 'mysqll'];
    for (const name of names) {
      t.notMatch(shown(['127.0.0.1', '6000', `--${name}=${secret}`]), /hun|ter2/, `--${name}`);
      const variable = `CHAT_${name.toUpperCase().replaceAll('-', '_')}`;
      t.notMatch(shown(['127.0.0.1', '6000'], { [variable]: secret }), /hun|ter2/, variable);
    }
    if (isToken) continue;
    for (const args of [
      [secret, '6000'],
      ['127.0.0.1', secret],
      ['127.0.0.1', '6000', secret],
      [secret],
      ['check', secret, '1'],
      ['init', secret],
      ['move', secret, secret],
      [`--mysql:${secret}`, 'x'],
    ])
      t.notMatch(shown(args), /hun|ter2/, args.join(' '));
  }
});
