import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { makeCertificate } from '../harness/certificate.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { shortHello } from '../harness/hello.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());
const { cert, key } = makeCertificate(folder.path, 'localhost');

/** How many clients there is room for with so many files. */
const FILES = 300;
const ROOM = 44;

/** A server with room for few, and its ports. */
async function small(t: Test, ...options: string[]): Promise<{ child: Child; port: number; tls: number }> {
  const command = `ulimit -n ${FILES}; exec "$0" dist/main.js 127.0.0.1 0 --data :memory: --pace 0 "$@"`;
  const tls = ['--tls', '0', '--tls-cert', cert, '--tls-key', key];
  const child = new Child('sh', ['-c', command, process.execPath, ...tls, ...options]);
  t.teardown(() => child.stop('SIGKILL'));
  const [line] = await child.logged(/^\{.*"msg":"listening".*\}$/m);
  const ports = JSON.parse(line);
  return { child, port: ports.port, tls: ports.tls.port };
}

/** Connects, says nothing, and is seen to be there. */
async function silent(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket.resume();
}

for (const kind of ['port', 'tls'] as const) {
  t.test(`a silent address does not hold all places of the ${kind}`, async (t) => {
    const server = await small(t);
    const user = await User.connect(server);
    await user.register('somebody');
    await user.login(1);
    for (let n = 0; n < 3 * ROOM; n++) await silent(t, server[kind]);
    const late = await User.connect(server);
    t.equal((await late.register('late')).errno, 0, 'who comes later is served');
    await user.chat(1, 1, 'still here');
    t.match(await user.hear(), { msg: 'still here' }, 'who is logged in stays');
    t.notMatch(server.child.log, /"no room/);
  });
}

t.test(
  'who looks whether the TLS port is open, and leaves, holds no place, whatever it has said',
  async (t) => {
    const server = await small(t, '--strangers-per-address', '1000');
    const hello = await shortHello();
    for (const said of ['', hello.subarray(0, 20), hello, Buffer.concat([hello, hello])])
      for (let n = 0; n < 2 * ROOM; n++) {
        const socket = await silent(t, server.tls);
        const closed = once(socket, 'close');
        socket.end(said);
        await closed;
      }
    const late = await User.connect(server);
    t.equal((await late.register('late')).errno, 0);
    t.notMatch(server.child.log, /"no room/);
  },
);

t.test('who does not log in is sent away in time', async (t) => {
  const server = await small(t, '--login-within', '1');
  const user = await User.connect(server);
  await user.register('somebody');
  await user.login(1);
  await Promise.all([server.port, server.tls].map(async (port) => once(await silent(t, port), 'close')));
  await user.chat(1, 1, 'still here');
  t.match(await user.hear(), { msg: 'still here' });
});

t.test('who has logged out again gives way as one who never logged in', async (t) => {
  const server = await small(t, '--strangers-per-address', '1');
  const names = ['zhang san', 'li si'];
  const first = await User.connect(server);
  for (const name of names) await first.register(name);
  await first.login(1);
  // The next one from this address looks who is a stranger: the first is none now.
  await User.online(server, 2);
  await first.say({ id: 1, msgid: 3 });
  await first.settle();
  const gone = first.rest();
  await User.connect(server);
  t.same(await gone, [], 'its connection is closed');
});
