import t from 'tap';
import { ConfigError, readCommand, usage } from './config.js';
import { OPTIONS } from './options.js';

function config(args: string[], env: NodeJS.ProcessEnv = {}) {
  const command = readCommand(['127.0.0.1', '6000', ...args], env);
  if (command.run !== 'serve') throw new Error(command.run);
  return command.config;
}

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

t.test('options from the command line and from the environment; the command line wins', async (t) => {
  t.match(config(['--pace', '0', '--trust-client-ids'], { CHAT_PACE: '7', CHAT_DATA: 'x.db' }), {
    pace: 0,
    'trust-client-ids': true,
    data: 'x.db',
  });
  t.equal(config([], { CHAT_TRUST_CLIENT_IDS: 'true' })['trust-client-ids'], true);
  t.equal(config([], { CHAT_TRUST_CLIENT_IDS: '0' })['trust-client-ids'], false);
});

t.test('what cannot be is said in one line', async (t) => {
  const wrong: [args: string[], message: RegExp][] = [
    [['127.0.0.1', '65536'], /^not a port: 65536$/],
    [['127.0.0.1', 'http'], /^not a port: http$/],
    [['somewhere', '6000'], /^not an IP address: somewhere$/],
    [['127.0.0.1', '6000', 'x'], /^unexpected argument: x$/],
    [['127.0.0.1', '6000', '--what'], /^Unknown option '--what'$/],
    [['127.0.0.1', '6000', '--pace', '1.5'], /^--pace 1.5: is not a whole number$/],
    [['127.0.0.1', '6000', '--pace', '-1'], /--pace/],
    [['127.0.0.1', '6000', '--log-level', 'loud'], /^--log-level loud: is none of/],
    [['127.0.0.1', '6000', '--mysql', 'localhost'], /^--mysql localhost: is not a mysql:\/\/ URL$/],
  ];
  for (const [args, message] of wrong) {
    t.throws(() => readCommand(args, {}), { constructor: ConfigError, message }, args.join(' '));
  }
  t.throws(() => readCommand(['127.0.0.1', '1'], { CHAT_IDLE: 'x' }), {
    message: /^CHAT_IDLE x: is not a number$/,
  });
});

t.test('help, version, and too few arguments', async (t) => {
  t.equal(readCommand(['--help'], {}).run, 'help');
  t.equal(readCommand(['--version'], {}).run, 'version');
  t.equal(readCommand(['127.0.0.1'], {}).run, 'too few arguments');
  for (const name of Object.keys(OPTIONS)) t.match(usage(), `--${name} `);
});
