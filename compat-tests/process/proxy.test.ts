import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { Nginx } from '../harness/nginx.js';
import { endBefore } from '../harness/order.js';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);
const FROM = 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n';

async function start(t: Test, ...options: string[]): Promise<Server> {
  const server = await startServer(['--data', ':memory:', '--pace', '0', '--log-level', 'debug', ...options]);
  t.teardown(() => server.child.stop('SIGKILL'));
  return server;
}

t.test('behind a proxy that is known, logs show the client; however its first bytes are cut', async (t) => {
  const server = await start(t, '--proxy-from', '10.0.0.0/8,127.0.0.1');
  const whole = await User.connect(server);
  await whole.say(`${FROM}{"msgid":4,"name":"a","password":"p"}\0`);
  t.match(await whole.hear(), { errno: 0, id: 1 });
  await server.child.logged(/"address":"192\.0\.2\.7","msg":"a client has come"/);
  const cut = await User.connect(server);
  for (const byte of FROM.replace('192.0.2.7', '192.0.2.8')) await cut.say(byte);
  t.match(await cut.register('b'), { errno: 0, id: 2 });
  await server.child.logged(/"address":"192\.0\.2\.8","msg":"a client has come"/);
  const local = await User.connect(server);
  await local.say(Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'));
  t.match(await local.register('c'), { errno: 0, id: 3 });
  await server.child.logged(/"address":"127\.0\.0\.1","msg":"a client has come"/);
  await whole.say(FROM);
  t.match(await whole.register('d'), { errno: 0, id: 4 }, 'only at the beginning');
});

t.test('a proxy must say whom it speaks for; who is no proxy cannot', async (t) => {
  const known = await start(t, '--proxy-from', '127.0.0.1');
  const silent = await User.connect(known);
  await silent.say({ msgid: 4, name: 'a', password: 'p' });
  await silent.client.end();
  await known.child.logged(/"reason":"no PROXY header","address":"127\.0\.0\.1"/);
  const other = await start(t, '--proxy-from', '10.0.0.0/8');
  const liar = await User.connect(other);
  await liar.say(FROM);
  t.match(await liar.register('a'), { errno: 0 });
  await other.child.logged(/"address":"127\.0\.0\.1","msg":"a client has come"/);
  t.notMatch(other.child.log, /192\.0\.2\.7/);
});

t.test('who only looks whether somebody listens, as health checks do, is no line in the log', async (t) => {
  const { child, port } = await start(t, '--proxy-from', '127.0.0.1');
  for (let n = 0; n < 5; n++) await (await User.connect({ port })).close();
  const reset = await User.connect({ port });
  reset.client.reset();
  const wrong = await User.connect({ port });
  await wrong.say({ msgid: 4, name: 'a', password: 'p' });
  await child.logged(/"reason":"no PROXY header"/);
  t.equal(child.log.split('no PROXY header').length, 2);
});

t.test('the limit of logins counts the clients behind a proxy, not the proxy', async (t) => {
  const server = await start(t, '--proxy-from', '127.0.0.1', '--login-failures', '2');
  const from = async (last: number) => {
    const user = await User.connect(server);
    await user.say(`PROXY TCP4 192.0.2.${last} 198.51.100.1 1 2\r\n`);
    return user;
  };
  await (await from(1)).register('owner');
  for (let n = 0; n < 6; n++) await (await from(66)).login(1, 'wrong');
  const [guesser, owner] = [await from(66), await from(1)];
  const since = performance.now();
  const guess = guesser.login(1, 'wrong');
  t.ok(await endBefore([owner.login(1, 'wrong')], [guess]), 'the owner does not wait');
  await guess;
  t.ok(performance.now() - since > 1000, 'the guesser does');
});

t.test('the nginx that is shipped says who its clients are', async (t) => {
  const server = await start(t, '--proxy-from', '127.0.0.1');
  const nginx = await Nginx.start((port) =>
    readFileSync('deploy/nginx/nginx.conf', 'utf8')
      .replace(/^include .*$/m, '')
      .replace('# proxy_protocol on;', 'proxy_protocol on;')
      .replace(/server 127\.0\.0\.1:6000 [^;]*;/, `server 127.0.0.1:${server.port};`)
      .replace(/server 127\.0\.0\.1:6002 [^;]*;/, '')
      .replace('listen 8000', `listen 127.0.0.1:${port}`),
  );
  t.teardown(() => nginx.stop());
  const user = await User.connect(nginx);
  t.match(await user.register('a'), { errno: 0 });
  t.match(await user.login(1), { errno: 0 });
  await server.child.logged(/"msg":"a client has come"/);
  t.notMatch(server.child.log, /no PROXY header/);
  await user.close();
});
