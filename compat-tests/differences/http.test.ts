import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import t from 'tap';
import { makeCertificate } from '../harness/certificate.js';
import { Client } from '../harness/client.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const folder = newFolder();
const { cert, key, ca } = makeCertificate(folder.path, 'localhost');
const options = ['--data', ':memory:', '--pace', '0', '--tls', '0', '--tls-cert', cert, '--tls-key', key];
const server = await startServer(options);
t.teardown(async () => {
  await server.child.stop('SIGKILL');
  folder.remove();
});
const [line] = await server.child.logged(/^.*"msg":"listening".*$/m);
const tlsPort = JSON.parse(line).tls.port as number;

async function secure(): Promise<Client> {
  const socket = connect({ port: tlsPort, host: '127.0.0.1', servername: 'localhost', ca: readFileSync(ca) });
  await once(socket, 'secureConnect');
  return new Client(socket);
}

const DOORS: Record<string, () => Promise<Client>> = {
  'the port': () => Client.connect(server.port),
  'the port with TLS': secure,
};

/** A request that a page lets a browser send: the line, its headers, and documents as the body. */
const request = (method: string) =>
  `${method} / HTTP/1.1\r\nHost: chat\r\n\r\n{"msgid":4,"name":"by ${method}","password":""}\n`;

for (const [door, open] of Object.entries(DOORS)) {
  t.test(
    `DIFFERENCES 23: HTTP ends the connection with 400, and nothing in it is obeyed, at ${door}`,
    async (t) => {
      for (const method of ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'TRACE', 'CONNECT']) {
        for (const cut of [0, 1, 3, 5, 12]) {
          const client = await open();
          const bytes = request(method);
          if (cut > 0) {
            await client.send(bytes.slice(0, cut));
            await new Promise((resolve) => setImmediate(resolve));
          }
          await client.send(bytes.slice(cut)).catch(() => {});
          const reply = String(await client.end());
          t.match(reply, /^HTTP\/1\.1 400 Bad Request\r\n/, `${method}, cut at ${cut}`);
          t.notMatch(reply, 'msgid');
        }
      }
    },
  );
}

t.test('what only begins like HTTP is no HTTP', async (t) => {
  for (const start of ['', ' ', '\n', 'G\0', 'GE\n', 'GETS\n', 'POST\0', 'get / HTTP/1.1\n', '\ufeff']) {
    const user = await User.connect(server);
    await user.say(start);
    t.equal((await user.register(`after ${JSON.stringify(start)}`)).errno, 0, JSON.stringify(start));
    await user.close();
  }
});
