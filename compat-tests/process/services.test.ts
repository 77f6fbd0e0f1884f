import t from 'tap';
import { Child } from '../harness/child.js';
import { Client } from '../harness/client.js';
import { MariaDb } from '../harness/mariadb.js';
import { endBefore } from '../harness/order.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const [mariadb, redis] = await Promise.all([
  MariaDb.start(),
  Redis.start({ args: ['--requirepass', 'pass#word'] }),
]);
t.teardown(() => Promise.all([mariadb.stop(), redis.stop()]));
const mysql = await mariadb.createDatabase('chat');
const redisUrl = `redis://:pass%23word@127.0.0.1:${redis.port}`;

t.test(
  'a service that goes away is told of at the first failure, with the cause, and when it is back',
  async (t) => {
    const server = await startServer(['--mysql', mysql, '--redis', redisUrl]);
    t.teardown(() => server.child.stop('SIGKILL'));
    const user = await User.connect(server);
    await user.register('one');

    await mariadb.kill();
    const login = user.login(1);
    const told = server.child.logged(/"level":40,.*"reason":".+","msg":"the database is away"/);
    t.ok(await endBefore([told], [login]), 'before the login is given up');
    await told;
    t.equal((await login).errno, 3);
    await mariadb.start();
    // Nobody needs it, and yet it is seen.
    await server.child.logged(/"level":30,.*"seconds":[\d.]+,"msg":"the database is back"/);

    await redis.kill();
    await server.child.logged(/"reason":".+","msg":"Redis is away"/);
    await redis.start();
    await server.child.logged(/"seconds":[\d.]+,"msg":"Redis is back"/);
    t.equal((await user.login(1)).errno, 0);
    await user.close();
  },
);

t.test('a Redis that refuses the password, and a database that is not there, are told of', async (t) => {
  const run = async (...args: string[]) => {
    const child = new Child(process.execPath, ['dist/main.js', '127.0.0.1', '0', ...args]);
    t.equal(await child.ended, 1);
    return child.log;
  };
  const wrong = await run('--mysql', mysql, '--redis', redisUrl.replace('pass%23', 'hunter'));
  t.match(wrong, /Redis at 127\.0\.0\.1:\d+ .*password/);
  const none = await run('--mysql', mysql, '--redis', redisUrl.replace(':pass%23word@', ''));
  t.match(none, /.*password/);
  t.notMatch(wrong + none, /hunter/);
  const refused = new Child(process.execPath, [
    'dist/main.js',
    '127.0.0.1',
    '0',
    '--mysql',
    'mysql://r:p@127.0.0.1:1/chat',
  ]);
  await refused.logged(/ECONNREFUSED.*"msg":"the database is away"/);
  const told = performance.now();
  t.equal(await refused.ended, 1);
  t.ok(performance.now() - told > 1000, 'long before it is given up');
});

t.test(
  'when no more files may be open, those who are here chat on, and the others are refused',
  async (t) => {
    const child = new Child('sh', [
      '-c',
      // One address may have more clients than come here: else they would make room for each other.
      `ulimit -n 266; exec ${process.execPath} dist/main.js 127.0.0.1 0 --data :memory: --pace 0 --strangers-per-address 1000`,
    ]);
    t.teardown(() => child.stop('SIGKILL'));
    const [line] = await child.logged(/^\{.*"msg":"listening".*\}$/m);
    const port = (JSON.parse(line) as { port: number }).port;
    const user = await User.connect({ port });
    const clients = await Promise.all(Array.from({ length: 9 }, () => Client.connect(port)));
    const late = await Client.connect(port);
    await late.end();
    await child.logged(/"clients":10,"msg":"no room: new clients are turned away/);
    t.equal((await user.register('one')).errno, 0);
    await clients[0]?.close();
    const next = await User.connect({ port });
    t.equal((await next.register('two')).errno, 0);
    await Promise.all([user.close(), next.close()]);
  },
);
