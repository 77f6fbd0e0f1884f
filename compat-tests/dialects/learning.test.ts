import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { framed } from '../../src/compat/wire.js';
import { Cutter } from '../../src/learn/cutter.js';
import { Child } from '../harness/child.js';
import { Client } from '../harness/client.js';
import { newFolder } from '../harness/folder.js';
import { Site } from '../harness/site.js';
import { wasRead } from '../harness/was-read.js';
import { forkOf } from './forks.js';
import { readRecording } from './recording.js';
import { replay } from './replay.js';

t.setTimeout(600_000);

interface Learning {
  readonly port: number;
  /** Ends it as Ctrl-C does. Resolves with what it wrote to the file, and what it said. */
  end(): Promise<{ readonly file: Record<string, unknown>; readonly said: string }>;
}

async function learning(t: Test, ...options: string[]): Promise<Learning> {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const target = join(folder.path, 'fork.json');
  const args = ['dist/main.js', 'dialect', 'learn', target, '--listen', '0', ...options];
  const child = new Child(process.execPath, args);
  const end = async () => {
    await child.stop('SIGINT');
    return { file: JSON.parse(readFileSync(target, 'utf8')), said: child.log };
  };
  if (options.includes('--capture')) {
    await child.ended;
    return { port: 0, end };
  }
  const [, port] = await child.logged(/listening on 127.0.0.1:(\d+), /);
  return { port: Number(port), end };
}

t.test('a relay learns from both sides', async (t) => {
  const recording = 'Shangyizhou-Cluster-Chat-Server';
  const site = await Site.embedded('--dialect', forkOf(recording).dialect);
  t.teardown(() => site.stop());
  const { port, end } = await learning(t, '--to', `127.0.0.1:${site.node(0).port}`);
  const relayed = new Site([{ child: site.node(0).child, port }], site.database);
  await replay(readRecording(recording), forkOf(recording).dialect, relayed);
  const { file, said } = await end();
  t.match(file, { requests: { login: 1000, register: 1003 }, replies: { login: 1001, register: 1004 } });
  t.match(said, /fork.json is written, from \d+ messages of clients and \d+ answers/);
});

t.test('a stand-in lets clients in, and learns what they say', async (t) => {
  const { port, end } = await learning(t);
  const client = await Client.connect(port);
  const hear = async () => JSON.parse(String(await client.takeWhen((unread) => unread.includes('}'))));
  await client.send('{"msg_id":3,"name":"alice","passwd":"123456"}\0');
  t.match(await hear(), { msg_id: 4, errno: 0, id: 1 });
  await client.send('{"msg_id":1,"uid":1,"passwd":"123456"}\0');
  t.match(await hear(), { msg_id: 2, errno: 0, uid: 1 });
  await client.send('{"msg_id":5,"uid":1,"to":2,"msg":"hello"}\0');
  await wasRead(client.port, port);
  const { file, said } = await end();
  t.match(file, {
    typeKey: 'msg_id',
    extends: 'early',
    requestFields: { id: 'uid', password: 'passwd', toid: 'to' },
  });
  t.match(said, /unsure: no server was heard/);
  t.match(said, /not seen: a group being made/);
});

t.test('a stand-in refuses a wrong password, and writes down the framing that it answers in', async (t) => {
  for (const framing of ['lf', 'length'] as const) {
    const { port, end } = await learning(t);
    const client = await Client.connect(port);
    const cutter = new Cutter();
    const ask = async (document: object) => {
      await client.send(framed(framing, Buffer.from(JSON.stringify(document))));
      return cutter.push(await client.takeWhen((unread) => unread.includes('}')))[0];
    };
    t.match(await ask({ msgid: 4, name: 'alice', password: 'right' }), { msgid: 5, errno: 0, id: 1 });
    t.match(await ask({ msgid: 1, id: 1, password: 'wrong' }), { msgid: 2, errno: 1, errmsg: /./ });
    t.match(await ask({ msgid: 1, id: 1, password: 'right' }), { msgid: 2, errno: 0, name: 'alice' });
    t.equal(cutter.framing, framing);
    t.same((await end()).file.framing, { in: framing, out: framing });
  }
});

t.test('a capture is learned from, whatever else is in it', async (t) => {
  const { end } = await learning(t, '--capture', 'fixtures/scenarios/login-friends-groups.pcap');
  const { file, said } = await end();
  t.same(Object.keys(file), ['$schema']);
  t.match(said, /it is not needed: --dialect original says the same/);
});

t.test('what cannot be is said in one line', async (t) => {
  const run = async (...args: string[]) => {
    const child = new Child(process.execPath, ['dist/main.js', 'dialect', ...args]);
    return [await child.ended, child.log] as const;
  };
  t.match(await run('learn', 'package.json'), [
    1,
    /^chat-server: package.json is there already: name a new file\n$/,
  ]);
  t.match(await run('learn', 'x.json', '--capture', 'README.md'), [
    1,
    /^chat-server: README.md is no pcap\n$/,
  ]);
  t.match(await run('forget', 'x.json'), [2, /^chat-server: unknown command dialect forget; there is .*\n$/]);
});
