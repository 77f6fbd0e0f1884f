import { readFileSync } from 'node:fs';
import t from 'tap';
import { ChatClient, createChatServer } from '../../src/index.js';
import { makeCertificate } from '../harness/certificate.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());
const { ca, cert, key } = makeCertificate(folder.path);
const server = await createChatServer({ port: 0, data: ':memory:', tls: '0', tlsCert: cert, tlsKey: key });
t.teardown(() => server.stop());
const port = server.tlsPort ?? 0;

/** A chat-client without anything to read. */
function client(...options: string[]): Child {
  return new Child(process.execPath, ['dist/client/main.js', ...options]);
}

t.test('ChatClient speaks TLS, and only with whom it knows', async (t) => {
  const host = 'localhost';
  const alice = await ChatClient.connect({ host, port, tls: { ca: readFileSync(ca) } });
  t.equal((await alice.login(await alice.register('alice', 'pw'), 'pw')).name, 'alice');
  await alice.close();
  await t.rejects(ChatClient.connect({ host, port, tls: true }), { code: /CERT|VERIFY/ });
  const elsewhere = { host: '127.0.0.1', port, tls: { ca: readFileSync(ca) } };
  await t.rejects(ChatClient.connect(elsewhere), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

t.test('so does chat-client, and says what to do about a certificate that nobody knows', async (t) => {
  const known = client('localhost', `${port}`, '--tls', '--ca', ca);
  t.equal(await known.ended, 0, known.log);
  t.match(known.log, /choice:$/);
  const unknown = client('localhost', `${port}`, '--tls');
  t.equal(await unknown.ended, 255);
  t.match(unknown.log, /^cannot connect to localhost \d+: \w+: name its certificate, or that .* by --ca\n$/);
  const missing = client('localhost', `${port}`, '--tls', '--ca', 'nowhere.pem');
  t.equal(await missing.ended, 255);
  t.equal(missing.log, '--ca nowhere.pem: cannot be read (ENOENT)\n');
  const plain = client('localhost', `${port}`, '--ca', ca);
  t.equal(await plain.ended, 255);
  t.equal(plain.log, '--ca goes with --tls\n');
});
