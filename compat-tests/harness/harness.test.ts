import { existsSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { Redis as RedisClient } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import t from 'tap';
import { Child } from './child.js';
import { Client } from './client.js';
import { beforeDeadline } from './deadline.js';
import { MariaDb } from './mariadb.js';
import { openMysql } from './mysql-database.js';
import { Nginx } from './nginx.js';
import { Redis } from './redis.js';

const lisi = { id: 15, name: '李四', password: '666666', state: 'offline' };
const odd = { id: 7, name: { hex: 'e9' }, password: null, state: 'online' };

t.test('MariaDB answers, keeps rows as bytes, and keeps them over a crash', async (t) => {
  const mariadb = await MariaDb.start();
  t.teardown(() => mariadb.stop());
  const url = await mariadb.createDatabase('one');
  const before = await openMysql(url);
  const message = { userid: 15, message: 'héllo' };
  await before.seed({ user: [lisi], offlinemessage: [message, { userid: 3, message: 'first' }] });
  await before.seed({ user: [lisi], offlinemessage: [message, { userid: 3, message: 'later' }] });
  t.match(await before.rows(), { user: [lisi], friend: [], offlinemessage: [message, { message: 'later' }] });

  await mariadb.kill();
  await t.rejects(openMysql(url), { code: 'ECONNREFUSED' });
  await mariadb.start();
  const after = await openMysql(url);
  t.teardown(() => after.close());
  t.strictSame((await after.rows()).user, [lisi]);
  await t.rejects(after.seed({ user: [odd] }), /Incorrect string value/, 'strict mode');
});

t.test('of a frozen MariaDB no thread answers any more', async (t) => {
  const mariadb = await MariaDb.start();
  t.teardown(() => mariadb.stop());
  const connections = await Promise.all(Array.from({ length: 40 }, () => createConnection(mariadb.url())));
  t.teardown(() => connections.map((connection) => connection.destroy()));
  for (let n = 0; n < 5; n++) {
    mariadb.freeze();
    let answered = 0;
    const asked = connections.map((connection) => connection.query('do 1').then(() => answered++));
    await beforeDeadline(new Child('true', []).ended, () => 'another process to have run meanwhile');
    t.equal(answered, 0);
    mariadb.thaw();
    await beforeDeadline(Promise.all(asked), () => 'all to be answered');
  }
});

t.test('a service that loses the race for its port says so', async (t) => {
  const redis = await Redis.start();
  t.teardown(() => redis.stop());
  await t.rejects(Redis.start({ port: redis.port }), /ended \(1\).*Address already in use/s);
});

t.test('Redis answers, freezes, thaws, and comes back on its port', async (t) => {
  const redis = await Redis.start();
  t.teardown(() => redis.stop());
  const client = new RedisClient(redis.url, { retryStrategy: () => 10 });
  t.teardown(() => client.disconnect());
  client.on('error', () => undefined);
  t.equal(await client.ping(), 'PONG');

  redis.freeze();
  let answered = false;
  const ping = client.ping().finally(() => {
    answered = true;
  });
  const other = await Redis.start();
  t.equal(answered, false);
  await other.stop();
  redis.thaw();
  t.equal(await ping, 'PONG');

  await redis.kill();
  await redis.start();
  t.equal(await client.ping(), 'PONG');
});

t.test('nginx passes a TCP stream on', async (t) => {
  const redis = await Redis.start();
  t.teardown(() => redis.stop());
  const stream = (port: number) =>
    `events {} stream { server { listen 127.0.0.1:${port}; proxy_pass 127.0.0.1:${redis.port}; } }`;
  const nginx = await Nginx.start(stream);
  t.teardown(() => nginx.stop());
  const client = await Client.connect(nginx.port);
  await client.send('PING\r\n');
  t.equal((await client.take(7)).toString(), '+PONG\r\n');
  await client.close();
  await t.rejects(
    Nginx.start(() => 'events {} nonsense;'),
    /unknown directive "nonsense"/,
  );
});

t.test('a client tells what it got instead, and sees the end', async (t) => {
  const redis = await Redis.start();
  t.teardown(() => redis.stop());
  const client = await Client.connect(redis.port);
  await client.send('QUIT\r\n');
  await t.rejects(client.take(6), /ended before 6 bytes, with 5 bytes unread: "\+OK/);
  t.equal((await client.end()).toString(), '+OK\r\n');
  await t.rejects(Client.connect(0));
});

t.test('a process that ends tells how', async (t) => {
  await t.rejects(
    new Child('false', []).logged(/never/),
    /false ended \(1\) before it did this: log \/never\//,
  );
  await t.rejects(new Child('no-such-program', []).logged(/never/), /no-such-program.*No such file/);
  t.equal(await new Child('sleep', ['60']).stop(), 'SIGTERM');
});

t.test('services and folders do not outlive a test that is killed', async (t) => {
  const script = `
    import { Redis } from './build/compat-tests/harness/redis.js';
    const redis = await Redis.start();
    console.log(JSON.stringify({ port: redis.port, path: redis.path }));`;
  const test = new Child(process.execPath, ['--input-type=module', '--eval', script]);
  const [line] = await test.logged(/^{.*}$/m);
  const { port, path } = JSON.parse(line);
  const client = await Client.connect(port);
  const changes = watch(path);
  test.signal('SIGKILL');
  t.equal((await client.end()).length, 0, 'Redis is gone');
  for await (const _ of changes) if (!existsSync(path)) break;
  t.pass('so is its folder');
});
