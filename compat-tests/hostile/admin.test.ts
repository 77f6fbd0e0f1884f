import t, { type Test } from 'tap';
import { Child } from '../harness/child.js';
import { Client } from '../harness/client.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

/** Targets that are no path, or that some reader of URLs does not take. */
const TARGETS = [
  ...['//', '///', '//[', '//:', '//:x', '//a:99999', '//%', '//\\', '/\\', '/\\/', '/%', '/%zz', '/?', '/#'],
  ...[
    'http://',
    'http:///',
    'https://[',
    'http://a:99999/',
    'http:',
    'HTTP://%00/livez',
    '*',
    '?',
    'x',
    '/../..',
  ],
  `/${'/'.repeat(8000)}`,
  '/constructor',
  '/__proto__',
];
const METHODS = ['GET', 'POST', 'OPTIONS', 'CONNECT', 'HEAD', 'PUT', 'DELETE', 'TRACE'];

/** Whole requests that are odd in other ways, and what is no request at all. */
const ODD = [
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
  'GET // HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nExpect: the unexpected\r\n\r\n',
  'POST /say HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
  'POST /say HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'POST /say HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: [\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001',
  '\0\0\0\0',
  '{"msgid":1}',
];

const requests = [
  ...METHODS.flatMap((method) => TARGETS.map((target) => `${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)),
  ...ODD,
];

async function isAlive(t: Test, port: number, after: string): Promise<void> {
  const client = await Client.connect(port);
  await client.send('GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
  t.match(
    String(await client.end()),
    /^HTTP\/1.1 200 OK[\s\S]*\nok\n/,
    `alive after ${JSON.stringify(after.slice(0, 60))}`,
  );
}

for (const workers of ['1', '2']) {
  t.test(
    `no request to the admin port ends a server of ${workers} process(es), in whatever way it leaves`,
    async (t) => {
      const server = await startServer(['--admin', '0', '--data', ':memory:', '--workers', workers]);
      t.teardown(() => server.child.stop('SIGKILL'));
      const [, admin] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
      const port = Number(admin);
      for (const request of requests) {
        const [whole, cut] = [await Client.connect(port), await Client.connect(port)];
        await whole.send(request);
        await cut.send(request.slice(0, request.length / 2));
        cut.reset();
        await isAlive(t, port, request);
        whole.reset();
      }
      t.equal(await server.child.stop(), 0, 'it ends as it should, with nothing caught too late');
      t.notMatch(server.child.log, /"level":60|nobody caught/);
    },
  );
}

t.test('idle connections to the admin port keep neither clients nor those who watch out', async (t) => {
  const command =
    'ulimit -n 400; exec "$0" dist/main.js 127.0.0.1 0 --data :memory: --admin 0 --strangers-per-address 1000';
  const child = new Child('sh', ['-c', command, process.execPath]);
  t.teardown(() => child.stop('SIGKILL'));
  const [, admin] = await child.logged(/"port":(\d+),"msg":"the admin page is open"/);
  const [line] = await child.logged(/^\{.*"msg":"listening".*\}$/m);
  const idle: Client[] = [];
  for (let n = 0; n < 360; n++) idle.push(await Client.connect(Number(admin)));
  const users: User[] = [];
  for (let n = 0; n < 100; n++) users.push(await User.connect(JSON.parse(line)));
  for (const [n, user] of users.entries()) t.equal((await user.register(`u${n}`)).errno, 0);
  await isAlive(t, Number(admin), 'all that');
  for (const client of idle) client.reset();
  await Promise.all(users.map((user) => user.close()));
});

t.test(
  'what is meant for a page of elsewhere is not answered; a text that no client could read is not said',
  async (t) => {
    const token = 'a token of sixteen characters or more';
    const options = [
      '--data',
      ':memory:',
      '--admin',
      '0',
      '--admin-token',
      token,
      '--admin-host',
      'a.example,b.example',
    ];
    const { child } = await startServer(options);
    t.teardown(() => child.stop('SIGKILL'));
    const [, admin] = await child.logged(/"port":(\d+),"msg":"the admin page is open"/);
    const asked = async (host: string) => {
      const client = await Client.connect(Number(admin));
      await client.send(`GET /status HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      return String(await client.end()).slice(9, 12);
    };
    t.same(await Promise.all(['127.0.0.1', 'b.example:1', 'evil.example', ''].map(asked)), [
      '200',
      '200',
      '421',
      '421',
    ]);
    const say = async (text: string) => {
      const client = await Client.connect(Number(admin));
      const head = `POST /say HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n`;
      await client.send(`${head}Content-Length: ${text.length}\r\n\r\n${text}`);
      return Number(String(await client.end()).slice(9, 12));
    };
    t.same(
      await Promise.all(['x'.repeat(500), '"'.repeat(400), '"'.repeat(500), 'x'.repeat(501)].map(say)),
      [200, 200, 413, 413],
    );
  },
);

t.test('who asks again before he is answered is not answered thousands of times', async (t) => {
  const { child } = await startServer(['--data', ':memory:', '--admin', '0']);
  t.teardown(() => child.stop('SIGKILL'));
  const [, admin] = await child.logged(/"port":(\d+),"msg":"the admin page is open"/);
  const client = await Client.connect(Number(admin));
  await client.send('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2000));
  const answers = String(await client.end()).match(/200 OK/g)?.length ?? 0;
  t.ok(answers <= 1, `${answers} answers`);
  await isAlive(t, Number(admin), 'all that');
});
