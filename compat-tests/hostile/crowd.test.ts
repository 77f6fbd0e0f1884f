import t from 'tap';
import { Child } from '../harness/child.js';
import { Client } from '../harness/client.js';
import { until } from '../harness/deadline.js';
import { MB, resident } from '../harness/resident.js';
import { User } from '../harness/user.js';
import { wasRead } from '../harness/was-read.js';
import { hostileSite } from './site.js';

async function crowd(port: number, count: number, says: Buffer): Promise<Client[]> {
  const clients: Client[] = [];
  while (clients.length < count) {
    const client = await Client.connect(port);
    await client.send(says);
    clients.push(client);
  }
  return clients;
}

/** With this many clients their cost stands out from what a process of Node takes and gives back by itself: 10 MB and more. */
const MANY = 1500;
/** The same of those who send 60 KB each. */
const SOME = 300;

t.test('connections that begin something and say no more take little memory', async (t) => {
  const { server, talk } = await hostileSite(t, '--strangers-per-address', `${MANY + 10}`);
  for (const [what, count, says] of [
    ['nothing', MANY, ''],
    ['a brace', MANY, '{'],
    ['a long text', SOME, `{"msg":"${'x'.repeat(60_000)}`],
    ['many open arrays', SOME, `{"a":${'['.repeat(60_000)}`],
    ['many open objects', SOME, '{"a":'.repeat(12_000)],
  ] as const) {
    const before = resident(server.child.pid);
    const clients = await crowd(server.port, count, Buffer.from(says));
    await wasRead(clients.at(-1)!.port, server.port);
    await talk.goOn(what);
    const grown = resident(server.child.pid) - before;
    // 7 KB, and half to three times what was sent, were measured.
    t.ok(grown < count * (20_000 + 4 * says.length), `${what}: ${(grown / MB).toFixed(1)} MB for ${count}`);
    await Promise.all(clients.map((client) => client.close()));
  }
  await talk.close();
});

t.test('more connections than there are descriptors cost nobody his own', async (t) => {
  // One address may have more clients than come here: else they would make room for each other.
  const options = '--data :memory: --strangers-per-address 1000';
  const command = `ulimit -n 300; exec "$0" dist/main.js 127.0.0.1 0 ${options}`;
  const child = new Child('sh', ['-c', command, process.execPath]);
  t.teardown(() => child.stop('SIGKILL'));
  const [line] = await child.logged(/^\{.*"msg":"listening".*\}$/m);
  const { port } = JSON.parse(line) as { port: number };
  const user = await User.connect({ port });
  t.equal((await user.register('first')).errno, 0);

  await child.logged(/"clients":44,"msg":"there is room for few clients: raise the limit of open files/);
  const clients = await crowd(port, 400, Buffer.alloc(0));
  t.equal((await user.register('second')).errno, 0, 'who was there is answered');
  await Promise.all(clients.map((client) => client.close()));
  await until(async () => {
    const late = await User.connect({ port });
    const answered = await late.register('third').catch(() => undefined);
    await late.close();
    return answered !== undefined;
  }, 'a later connection to be answered');
  const [, refused] = await child.logged(/"refused":(\d+),"msg":"there is room for new clients again"/);
  t.ok(Number(refused) >= 401 - 44, `${refused} were turned away`);
  t.match(child.log.match(/"msg":"no room: /g), { length: 1 }, 'told once');
  await user.close();
});
