import t from 'tap';
import { open, redisConnection } from '../../src/bus/redis/connection.js';
import { mustBeAlone } from '../../src/bus/redis/kind.js';
import { checkRights } from '../../src/bus/redis/rights.js';
import { PLAIN } from '../../src/bus/redis/verbs.js';
import { Child } from '../harness/child.js';
import { MariaDb } from '../harness/mariadb.js';
import { Redis } from '../harness/redis.js';
import { SCHEMAS } from './schemas.js';

const [redis, mariadb] = await Promise.all([Redis.start(), MariaDb.start()]);
const database = await mariadb.createDatabase('chat', SCHEMAS.original);
const admin = redisConnection(redis.url, { socketTimeout: 5000 }, mustBeAlone);
await open(admin);
t.teardown(async () => {
  admin.disconnect();
  await Promise.all([redis.stop(), mariadb.stop()]);
});

const url = `redis://chat:pw@127.0.0.1:${redis.port}`;
const start = `Redis at 127.0.0.1:${redis.port} does not allow its user chat all that is needed; set there: `;

/** The findings of a check with these rules for the user `chat`. */
async function check(...rules: string[]): Promise<string> {
  await admin.call('ACL', 'SETUSER', 'chat', 'reset', 'on', '>pw', '+info', ...rules);
  return recheck();
}

async function recheck(): Promise<string> {
  const [publisher, subscriber] = [
    redisConnection(url, { socketTimeout: 5000 }, mustBeAlone),
    redisConnection(url, { socketTimeout: 5000 }, mustBeAlone),
  ];
  try {
    await Promise.all([publisher, subscriber].map(open));
    await checkRights(publisher, subscriber, PLAIN);
    return 'fine';
  } catch (error) {
    return String((error as Error).message);
  } finally {
    for (const connection of [publisher, subscriber]) connection.disconnect();
  }
}

const ALL = ['+ping', '+publish', '+subscribe', '+unsubscribe', '+pubsub|numsub'];

t.test('a user that may do what is needed, and no more, is enough', async (t) => {
  t.equal(await check('&chat-server:*', '&[0-9]*', ...ALL), 'fine');
  t.equal(await check('allchannels', 'allcommands'), 'fine');
});

const lacking: [what: string, rules: string[], grants: string][] = [
  ['the channels of nodes', ['&[0-9]*', ...ALL], '&chat-server:* &[0-9]*'],
  ['the channels of users', ['&chat-server:*', ...ALL], '&chat-server:* &[0-9]*'],
  ['PUBSUB', ['&*', '+@all', '-pubsub'], '+pubsub|numsub'],
  ['PUBLISH', ['&*', '+@all', '-publish'], '+publish'],
  ['SUBSCRIBE', ['&*', '+@all', '-subscribe'], '+subscribe'],
  ['UNSUBSCRIBE', ['&*', '+@all', '-unsubscribe'], '+unsubscribe'],
  ['everything', [], '+ping +pubsub|numsub +publish +subscribe +unsubscribe'],
];
for (const [what, rules, grants] of lacking)
  t.test(`a user without ${what}: the rule to set is told, and cures it`, async (t) => {
    t.equal(await check(...rules), `${start}ACL SETUSER chat ${grants}`);
    await admin.call('ACL', 'SETUSER', 'chat', ...grants.split(' '));
    const left = await recheck();
    // A user who may run no command at all is told about the channels only then.
    if (what === 'everything') t.equal(left, `${start}ACL SETUSER chat &chat-server:* &[0-9]*`);
    else t.equal(left, 'fine');
  });

t.test('a user without INFO is told so in one line, and nobody but us writes another', async (t) => {
  t.equal(await check('&*', '+@all', '-info'), `${start}ACL SETUSER chat +info`);
  const place = ['--mysql', database, '--redis', url];
  const child = new Child(process.execPath, ['dist/main.js', '127.0.0.1', '0', ...place]);
  t.equal(await child.ended, 1);
  t.equal(child.log, `chat-server: ${start}ACL SETUSER chat +info\n`);
});

const refusals: [name: string, login: string, line: RegExp][] = [
  [
    'without the rights',
    'chat:pw@',
    /^chat-server: Redis at .* set there: ACL SETUSER chat \+pubsub\|numsub$/,
  ],
  ['with a wrong password', 'chat:wrong@', /^chat-server: Redis at .* refuses the password: give it as .*$/],
];
for (const [name, login, line] of refusals)
  t.test(`a server does not start ${name}`, async (t) => {
    await admin.call('ACL', 'SETUSER', 'chat', 'reset', 'on', '>pw', '&*', '+@all', '-pubsub');
    const place = ['--mysql', database, '--redis', url.replace('chat:pw@', login)];
    const child = new Child(process.execPath, ['dist/main.js', '127.0.0.1', '0', ...place]);
    t.not(await child.ended, 0);
    t.match(child.log.trimEnd(), line);
  });
