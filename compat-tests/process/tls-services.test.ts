import t from 'tap';
import { makeCertificate } from '../harness/certificate.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { MariaDb } from '../harness/mariadb.js';
import { freePort } from '../harness/port.js';
import { Redis } from '../harness/redis.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

// Each server is a process of its own.
t.setTimeout(600_000);
const folder = newFolder();
const { ca, cert, key } = makeCertificate(folder.path);
const tlsPort = await freePort();
const mariadb = await MariaDb.start({
  args: [`--ssl-cert=${cert}`, `--ssl-key=${key}`, '--require-secure-transport'],
});
const tls = ['--tls-port', `${tlsPort}`, '--tls-cert-file', cert, '--tls-key-file', key];
const redis = await Redis.start({ args: [...tls, '--tls-auth-clients', 'no', '--tls-ca-cert-file', ca] });
t.teardown(async () => {
  await Promise.all([mariadb.stop(), redis.stop()]);
  folder.remove();
});

/** The URL of the database by a name, with what follows it. */
const mysql = (host: string, query: string) => `mysql://root:123456@${host}:${mariadb.port}/chat?${query}`;

t.test('a database that takes nothing but TLS', async (t) => {
  const init = new Child(process.execPath, [
    'dist/main.js',
    'init',
    '--mysql',
    mysql('127.0.0.1', 'ssl-mode=required'),
  ]);
  t.equal(await init.ended, 0, init.log);
  for (const [host, query] of [
    ['127.0.0.1', 'ssl-mode=REQUIRED'],
    ['127.0.0.1', `ssl-ca=${ca}`],
    ['localhost', `ssl-mode=verify_identity&ssl-ca=${ca}`],
  ] as const) {
    const server = await startServer(['--mysql', mysql(host, query)]);
    const user = await User.connect(server);
    t.equal((await user.register(query.slice(0, 20))).errno, 0, query);
    await user.close();
    t.equal(await server.child.stop(), 0);
  }
});

t.test('a database whose certificate is not the right one is not used', async (t) => {
  const elsewhere = makeCertificate(folder.path, 'elsewhere', 'elsewhere-');
  const wrong = await MariaDb.start({ args: [`--ssl-cert=${elsewhere.cert}`, `--ssl-key=${elsewhere.key}`] });
  t.teardown(() => wrong.stop());
  const identity = `ssl-mode=verify_identity&ssl-ca=${elsewhere.ca}`;
  for (const [url, reason] of [
    [mysql('127.0.0.1', `ssl-ca=${elsewhere.ca}`), /unable to verify|self-signed|signature|issuer/],
    [`mysql://root:123456@localhost:${wrong.port}/chat?${identity}`, /does not match/],
    [mysql('127.0.0.1', 'ssl-mode=disabled'), /secure|Access denied/],
  ] as const) {
    const child = new Child(process.execPath, ['dist/main.js', '127.0.0.1', '0', '--mysql', url]);
    t.equal(await child.ended, 1, url);
    t.match(child.log, reason);
    t.match(child.log, /\nchat-server: cannot use the database .*\n$/);
  }
});

t.test('rediss:// speaks TLS, with authorities from NODE_EXTRA_CA_CERTS', async (t) => {
  const args = [
    '127.0.0.1',
    '0',
    '--mysql',
    mysql('127.0.0.1', `ssl-ca=${ca}`),
    '--redis',
    `rediss://localhost:${tlsPort}`,
  ];
  const trusting = new Child(process.execPath, ['dist/main.js', ...args], { NODE_EXTRA_CA_CERTS: ca });
  await trusting.logged(/"msg":"listening"/);
  t.equal(await trusting.stop(), 0);
  const wary = new Child(process.execPath, ['dist/main.js', ...args]);
  t.equal(await wary.ended, 1);
  t.match(wary.log, /chat-server: Redis at localhost:\d+ cannot be reached: .*certificate/);
});

const mistaken: [what: string, url: string, hint: RegExp][] = [
  [
    'redis:// at a port with TLS',
    `redis://localhost:${tlsPort}`,
    /\(a port with TLS wants rediss in place of redis\)$/,
  ],
  [
    'rediss:// at a port without TLS',
    `rediss://localhost:${redis.port}`,
    /\(a port without TLS wants redis in .*\)$/,
  ],
];
for (const [what, url, hint] of mistaken)
  t.test(`${what}: the line says what may help`, async (t) => {
    const place = ['--mysql', mysql('127.0.0.1', `ssl-ca=${ca}`), '--redis', url];
    const server = new Child(process.execPath, ['dist/main.js', '127.0.0.1', '0', ...place]);
    t.equal(await server.ended, 1);
    t.match(server.log.trimEnd(), hint);
  });
