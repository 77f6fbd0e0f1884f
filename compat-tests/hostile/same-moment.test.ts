import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import t from 'tap';
import { newFolder } from '../harness/folder.js';
import { shortHello } from '../harness/hello.js';
import type { Server } from '../harness/server.js';
import { measured, startProbed } from '../harness/stalls.js';

t.setTimeout(600_000);

/** The longest that they may hold up all others, in ms of CPU time. */
const MOST = 50;

/** The bytes that come, at most, from all connections together. */
const SIZE = 65_536;

/** On each connection the same bytes arrive in the same moment. Resolves when all are answered, with the longest stall. */
async function together(server: Server, port: number, bytes: Buffer, most: number): Promise<number> {
  const sockets: Socket[] = [];
  for (let left = Math.min(most, Math.floor(SIZE / bytes.length)); left > 0; left--) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    sockets.push(socket);
  }
  await measured(server);
  server.child.signal('SIGSTOP');
  const answered = sockets.map((socket) => once(socket, 'data'));
  const closed = sockets.map((socket) => once(socket, 'close'));
  for (const socket of sockets) socket.write(bytes);
  server.child.signal('SIGCONT');
  await Promise.all(answered);
  const { stall } = await measured(server);
  for (const socket of sockets) socket.destroy();
  await Promise.all(closed);
  return stall;
}

/** How a client of TLS is served: by which cipher, or the code of its error. */
async function served(port: number, options: ConnectionOptions, again = false): Promise<string> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
    const renegotiated = () =>
      new Promise<void>((resolve, reject) => {
        socket.on('error', reject);
        socket.renegotiate({ rejectUnauthorized: false }, (error) => (error ? reject(error) : resolve()));
      });
    if (again) await renegotiated();
    return socket.getCipher().name;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    socket.destroy();
  }
}

t.test(
  'handshakes and requests of many connections that come in the same moment hold up nobody',
  async (t) => {
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const [cert, key] = [`${folder.path}/cert.pem`, `${folder.path}/key.pem`];
    // To sign with RSA costs a server the most.
    const files = ['-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=a', ...files], {
      stdio: 'ignore',
    });
    const web = await startProbed(['--data', ':memory:', '--web', '0']);
    t.teardown(() => web.child.stop('SIGKILL'));
    const options = ['--data', ':memory:', '--web', '0', '--tls', '0', '--tls-cert', cert, '--tls-key', key];
    const tls = await startProbed(options);
    t.teardown(() => tls.child.stop('SIGKILL'));
    const portOf = async (server: Server) => {
      const [line] = await server.child.logged(/^.*"msg":"listening".*$/m);
      const said = JSON.parse(line) as { web: string; tls?: { port: number } };
      return { web: Number(new URL(said.web).port), tls: said.tls?.port ?? 0 };
    };
    const [plainPorts, tlsPorts] = [await portOf(web), await portOf(tls)];
    const hello = await shortHello();
    const get = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    for (const [what, server, port, bytes] of [
      ['handshakes', tls, tlsPorts.tls, hello],
      ['handshakes of browsers', tls, tlsPorts.web, hello],
      ['requests', web, plainPorts.web, get],
    ] as const) {
      // The first time takes longer.
      await together(server, port, bytes, 50);
      const stall = await together(server, port, bytes, 800);
      t.ok(stall <= MOST, `${what}: held up for ${stall} ms`);
    }
    const [old, port] = [{ maxVersion: 'TLSv1.2' } as const, tlsPorts.tls];
    t.match(await served(port, {}), /^TLS_/);
    t.match(await served(port, old), /^ECDHE-/);
    const costly = 'what costs much is done for the hello alone';
    t.match(await served(port, old, true), /^(?:ERR_|ECONN)/, `${costly}: no second handshake`);
    t.match(
      await served(port, { ...old, ciphers: 'AES128-GCM-SHA256' }),
      /^(?:ERR_|ECONN)/,
      `${costly}: no RSA`,
    );
    t.match(await served(port, { ecdhCurve: 'secp521r1' }), /^(?:ERR_|ECONN)/, 'no curve that takes long');
  },
);
