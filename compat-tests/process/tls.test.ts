import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectPlain, createServer } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificate } from '../harness/certificate.js';
import { Child } from '../harness/child.js';
import { Client } from '../harness/client.js';
import { until } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { freePort } from '../harness/port.js';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());
const first = makeCertificate(folder.path, 'localhost', 'first-');
const second = makeCertificate(folder.path, 'localhost', 'second-');
const [cert, key] = [`${folder.path}/cert.pem`, `${folder.path}/key.pem`];

function use(certificate: typeof first): void {
  copyFileSync(certificate.cert, cert);
  copyFileSync(certificate.key, key);
}

const options = ['--data', ':memory:', '--pace', '0', '--tls-cert', cert, '--tls-key', key];

/** A server with a second port. */
async function start(t: Test, ...more: string[]): Promise<{ server: Server; tls: number }> {
  use(first);
  const server = await startServer([...options, '--tls', '0', ...more]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const [line] = await server.child.logged(/^.*"msg":"listening".*$/m);
  return { server, tls: JSON.parse(line).tls.port };
}

/** Connects with TLS, trusting one authority. */
async function secure(port: number, ca: string): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: readFileSync(ca) });
  await once(socket, 'secureConnect');
  return socket;
}

async function userOn(port: number, ca = first.ca): Promise<User> {
  return new User(new Client(await secure(port, ca)));
}

t.test('who speaks TLS and who does not chat with each other', async (t) => {
  const { server, tls } = await start(t);
  const [one, two] = [await userOn(tls), await User.connect(server)];
  await one.register('one');
  await two.register('two');
  await one.login(1);
  await two.login(2);
  await one.chat(1, 2, 'x'.repeat(50_000));
  t.equal((await two.hear()).msg.length, 50_000);
  await two.chat(2, 1, 'hello');
  t.match(await one.hear(), { msg: 'hello' });
  await one.close();
  const again = await userOn(tls);
  await until(async () => (await again.login(1)).errno === 0, 'it to be back');
  t.equal(await server.child.stop(), 0);
  t.same(await again.rest(), []);
});

t.test('who speaks no TLS there is turned away, and nobody else', async (t) => {
  const { server, tls } = await start(t);
  const plain = await User.connect({ port: tls });
  await plain.say({ msgid: 4, name: 'n', password: 'p' });
  await plain.client.end();
  await server.child.logged(/"reason":"no TLS.*"address":"127.0.0.1"/);
  const reset = connectPlain(tls, '127.0.0.1');
  await once(reset, 'connect');
  reset.resetAndDestroy();
  t.match(await (await userOn(tls)).register('n'), { errno: 0 });
});

for (const workers of ['1', '2']) {
  t.test(`SIGHUP: ${workers} process(es) show a new certificate, also after a wrong one`, async (t) => {
    use(first);
    const port = await freePort();
    const server = await startServer([...options, '--tls', `${port}`, '--workers', workers]);
    t.teardown(() => server.child.stop('SIGKILL'));
    const before = await userOn(port);
    await before.register('before');
    writeFileSync(cert, 'no certificate');
    server.child.signal('SIGHUP');
    await server.child.logged(new RegExp(`(the old certificate stays in use[^]*){${workers}}`));
    t.match(
      server.child.log,
      /"reason":"the certificate .* cannot be used: the file of the certificate has none/,
    );
    t.notMatch(server.child.log, /"stack"/, 'it is the file that is wrong, not the program');
    t.notMatch(server.child.log, /"reloaded"/, 'nothing was');
    await (await userOn(port)).close();
    use(second);
    server.child.signal('SIGHUP');
    const reloaded = new RegExp(`("reloaded"[^]*){${workers}}`);
    await server.child.logged(reloaded);
    await (await userOn(port, second.ca)).close();
    await t.rejects(secure(port, first.ca), 'the old one is gone');
    t.match(await before.login(1), { errno: 0 }, 'who is in stays in');
  });
}

/** A proxy that says whom it speaks for, in one write with the client's first bytes. */
async function proxyTo(t: Test, port: number, from: string): Promise<number> {
  const header = Buffer.from(`PROXY TCP4 ${from} 198.51.100.1 1 2\r\n`);
  const proxy = createServer((client) => {
    client.once('data', (first) => {
      const upstream = connectPlain(port, '127.0.0.1');
      upstream.write(Buffer.concat([header, first]));
      client.pipe(upstream).pipe(client);
      for (const end of [client, upstream]) end.on('error', () => {});
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.teardown(() => proxy.close());
  return (proxy.address() as AddressInfo).port;
}

t.test('who speaks TLS through a proxy is known by its own address', async (t) => {
  const { server, tls } = await start(t, '--proxy-from', '127.0.0.1', '--log-level', 'debug');
  const user = await userOn(await proxyTo(t, tls, '192.0.2.7'));
  t.match(await user.register('one'), { errno: 0, id: 1 });
  t.match(await user.login(1), { errno: 0 });
  await server.child.logged(/"userid":1,"address":"192\.0\.2\.7","msg":"a user is here"/);
  await user.chat(1, 1, 'x'.repeat(50_000));
  t.equal((await user.hear()).msg.length, 50_000);
  await user.close();
  await t.rejects(secure(tls, first.ca), 'without the header');
});

t.test('a certificate that expires soon is told at the start and at SIGHUP, and is a metric', async (t) => {
  const { server } = await start(t, '--admin', '0');
  await server.child.logged(/"level":40,.*"the certificate expires within 2 days, on /);
  const [, admin] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
  const body = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
  const [, until] = /^chat_certificate_expiry_timestamp_seconds (\S+)$/m.exec(body) ?? [];
  t.equal(Number(until) * 1000, Date.parse(new X509Certificate(readFileSync(cert)).validTo));
  server.child.signal('SIGHUP');
  await server.child.logged(/"reloaded"/);
  t.equal(server.child.log.split('the certificate expires').length, 3);
});

t.test('what cannot be is said in one line', async (t) => {
  const run = async (...more: string[]) => {
    const child = new Child(process.execPath, [
      'dist/main.js',
      '127.0.0.1',
      '0',
      '--data',
      ':memory:',
      ...more,
    ]);
    return [await child.ended, child.log];
  };
  t.same(await run('--tls', '0'), [2, 'chat-server: --tls, --tls-cert and --tls-key go together\n']);
  const files = ['--tls', '0', '--tls-cert', cert, '--tls-key'];
  t.match(await run(...files, '/nowhere'), [
    1,
    /^chat-server: the certificate .* with the key \/nowhere cannot be used: ENOENT\n$/,
  ]);
  use(first);
  t.match(await run(...files, second.key), [
    1,
    /^chat-server: the certificate .* cannot be used: .*KEY_VALUES_MISMATCH\n$/,
  ]);
  const rubbish = `${cert}.rubbish`;
  writeFileSync(rubbish, 'rubbish');
  t.match(await run(...files, rubbish), [
    1,
    /cannot be used: the file of the key has none .*_UNSUPPORTED\n$/,
  ]);
  t.match(await run('--tls', '0', '--tls-cert', rubbish, '--tls-key', first.key), [
    1,
    /cannot be used: the file of the certificate has none \(PEM\): .*NO_START_LINE\n$/,
  ]);
  t.match(await run('--tls', 'x', '--tls-cert', cert), [2, /neither PORT nor IP:PORT/]);
});

t.test('a silent one is ended after --idle there too', async (t) => {
  const { tls } = await start(t, '--idle', '1');
  const user = await userOn(tls);
  t.same(await user.rest(), []);
});
