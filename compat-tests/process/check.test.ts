import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import t from 'tap';
import { type Certificate, makeCertificate } from '../harness/certificate.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { freePort } from '../harness/port.js';
import { startServer } from '../harness/server.js';
import { check } from './checking.js';

// Each check is a process of its own.
t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());

t.test('a port: free, of a chat server, of somebody else, not ours to take', async (t) => {
  const memory = ['--data', ':memory:'];
  const port = await freePort();
  t.match(await check('127.0.0.1', `${port}`, ...memory), [0, `fine port 127.0.0.1:${port} is free\n`]);
  t.match(await check('127.0.0.1', `${port}`, '--running'), [
    1,
    /^broken port nobody listens on .*\n -> start/,
  ]);
  const server = await startServer(memory);
  t.teardown(() => server.child.stop('SIGKILL'));
  t.same(await check('127.0.0.1', `${server.port}`, '--running'), [
    0,
    `fine port a chat server answers on 127.0.0.1:${server.port}\n`,
  ]);
  const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
    0,
    '127.0.0.1',
  );
  await once(other, 'listening');
  t.teardown(() => other.close());
  const { port: taken } = other.address() as { port: number };
  t.match(await check('127.0.0.1', `${taken}`, ...memory), [
    1,
    /broken port .* taken by something that does not/,
  ]);
  const ports = ['127.0.0.1', `${port}`, ...memory, '--admin'];
  t.match(await check(...ports, `${await freePort()}`), [
    0,
    /fine port .* is free\nfine port 127\.0\.0\.1:\d+ is free\n/,
  ]);
  t.match(await check(...ports, `${taken}`), [
    1,
    /broken port 127\.0\.0\.1:\d+ is taken\n -> take another port/,
  ]);
  t.match(await check('192.0.2.1', '6000', ...memory), [
    1,
    /192\.0\.2\.1:6000 cannot be listened on: EADDRNOTAVAIL/,
  ]);
  t.match(await check('--running'), [2, /needs to know where/]);
});

for (const options of [
  ['--dialect', 'early'],
  ['--dialect', 'distributed-chat-servers'],
  ['--proxy-from', '127.0.0.1'],
]) {
  t.test(`a server that runs with ${options.join(' ')} is recognized`, async (t) => {
    const server = await startServer(['--data', ':memory:', ...options]);
    t.teardown(() => server.child.stop('SIGKILL'));
    t.match(await check('127.0.0.1', `${server.port}`, '--running', ...options), [
      0,
      /^fine port a chat server answers/,
    ]);
  });
}

t.test('the limit of open files', async (t) => {
  const line = `ulimit -n 1000; exec ${process.execPath} dist/main.js check --data :memory:`;
  const child = new Child('sh', ['-c', line]);
  t.equal(await child.ended, 0);
  t.match(child.log, /warning +open files +1000 may be open: room for \d+ clients.*\n +-> ulimit -n 65536/);
});

t.test('an embedded database that is not there, cannot be, or is damaged', async (t) => {
  const file = `${folder.path}/chat.db`;
  t.match(await check('--data', file), [0, `fine database ${file} will be made at the first start`]);
  t.match(await check('--data', '/nowhere/chat.db'), [1, /broken database .*there is no folder \/nowhere/]);
  writeFileSync(file, 'this is no database');
  t.match(await check('--data', file), [1, /broken database .*chat\.db: .*\n -> put a copy in its place/]);
});

t.test('files that a server would write to', async (t) => {
  const mysql = ['--mysql', 'mysql://127.0.0.1:1/c'];
  const missing = `${folder.path}/none`;
  t.match(await check('--data', ':memory:', '--log-file', `${missing}/log`), [
    1,
    new RegExp(`broken log .*there is no folder .*\\n -> mkdir -p ${missing}`),
  ]);
  t.match(await check(...mysql, '--spool', `${missing}/spool`), [1, /broken spool .*\n -> mkdir -p /]);
  t.match(await check('--data', ':memory:', '--log-file', '/dev/null'), [0, /fine log goes to \/dev\/null/]);
  t.match(await check('--data', ':memory:', '--log-file', folder.path), [1, /broken log .*it is a folder/]);
});

t.test('a certificate', async (t) => {
  const [one, two] = ['one-', 'two-'].map((prefix) => makeCertificate(folder.path, 'localhost', prefix)) as [
    Certificate,
    Certificate,
  ];
  const tls = (cert: string, key: string) =>
    check('--data', ':memory:', '--tls', '0', '--tls-cert', cert, '--tls-key', key);
  t.match(await tls(one.cert, one.key), [
    0,
    /warning certificate .* is valid for 1 more day, until .*\n -> renew it/,
  ]);
  t.match(await tls(one.cert, two.key), [1, /broken certificate .* is not the key of/]);
  t.match(await tls('/nowhere', one.key), [1, /broken certificate .* cannot be used: ENOENT/]);
});

t.test('a configuration of nginx', async (t) => {
  const memory = ['--data', ':memory:', '--nginx'];
  t.match(await check(...memory, 'deploy/nginx/nginx.conf'), [0, /fine nginx .* suits chat/]);
  const file = `${folder.path}/nginx.conf`;
  writeFileSync(file, 'events {} http { server { location / { proxy_pass http://x; } } }');
  t.match(await check(...memory, file), [1, /broken nginx .* no stream block/]);
  writeFileSync(file, 'events {} stream { server { listen 1; proxy_pass x; proxy_timeout 10m; } }');
  const [status, output] = await check(...memory, file);
  t.equal(status, 0);
  t.match(output, /warning nginx .* silent for less than an hour\n -> proxy_timeout 24h;/);
  t.match(output, /warning nginx .* fewer than 2,048 clients/);
  t.match(output, /warning nginx .* for more than 10 s/);
  writeFileSync(
    file,
    readFileSync('deploy/nginx/nginx.conf', 'utf8').replace('# proxy_protocol', 'proxy_protocol'),
  );
  t.match(await check(...memory, file), [
    1,
    /broken nginx .* it says who its clients are\b.*\n -> --proxy-from/,
  ]);
  t.match(await check(...memory, file, '--proxy-from', '127.0.0.1'), [0, /fine nginx/]);
  t.match(await check(...memory, 'deploy/nginx/nginx.conf', '--proxy-from', '127.0.0.1'), [
    1,
    /broken nginx .* the server waits for that\n -> proxy_protocol on;/,
  ]);
  t.match(await check(...memory, '/nowhere'), [1, /broken nginx \/nowhere cannot be read: ENOENT/]);
});
