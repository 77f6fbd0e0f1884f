import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { readRecording } from '../../src/compat/record/recording.js';
import { readScenario, type Step } from '../../src/compat/replay/scenario.js';
import { Speaker } from '../../src/compat/speaker.js';
import { Words } from '../../src/compat/words-of.js';
import { loadDialect } from '../../src/dialect/load.js';
import { Console } from '../client/console.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { breaking } from './relay.js';
import { faulty, runTool } from './tool.js';

// Nothing is measured here: a wait of the tool may be long.
const PATIENT = ['--timeout', '30'];

t.setTimeout(300_000);

/** Starts ours, for as long as the test runs. */
async function serve(t: Test, ...options: string[]): Promise<number> {
  const server = await startServer(['--data', ':memory:', ...options]);
  t.teardown(() => server.child.stop('SIGKILL'));
  return server.port;
}

/** Records what `session` does at a port. Returns the file. */
async function recorded(t: Test, to: number, session: (port: number) => Promise<void>, ...options: string[]) {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = join(folder.path, 'mine.json');
  const args = ['dist/compat/main.js', 'record', '--to', `127.0.0.1:${to}`, file, ...options];
  const tool = new Child(process.execPath, args);
  t.teardown(() => tool.stop('SIGKILL'));
  const [, port] = await tool.logged(/listening on 127\.0\.0\.1:(\d+), before/);
  await session(Number(port));
  tool.signal('SIGINT');
  t.equal(await tool.ended, 0, tool.log);
  t.equal(statSync(file).mode & 0o777, 0o600, 'passwords are in it');
  return file;
}

/** Records from a capture. */
async function fromCapture(t: Test, capture: string) {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = join(folder.path, 'mine.json');
  const tool = new Child(process.execPath, ['dist/compat/main.js', 'record', '--capture', capture, file]);
  return { status: await tool.ended, log: tool.log, file };
}

/** Types, and waits until the answer is on the screen. */
async function type(console: Console, answer: RegExp, ...lines: string[]): Promise<readonly string[]> {
  const before = console.screen.length;
  console.type(...lines);
  await console.until((screen) => answer.test(screen.slice(before)), `${lines}`);
  return answer.exec(console.screen.slice(before)) ?? [];
}

/**
 * Two people: they register, become friends, make a group, write, also to who is offline, and log in again. An answer on
 * the same connection shows each time that what was asked before it was handled: nothing here happens in two orders.
 */
async function conversation(port: number): Promise<void> {
  const [ann, bob] = [new Console(port), new Console(port)];
  const [, annId = ''] = await type(ann, /userid is (\d+)/, '2', 'ann', 'pw');
  const [, bobId = ''] = await type(bob, /userid is (\d+)/, '2', 'bob', 'secret');
  await type(ann, /login user =>/, '1', annId, 'pw');
  ann.type(`addfriend:${bobId}`, 'creategroup:team:all of us', `chat:${bobId}:are you there?`);
  await type(ann, /choice:/, 'loginout');
  await type(ann, /login user =>[\s\S]*team/, '1', annId, 'pw');
  await type(bob, /are you there\?/, '1', bobId, 'secret');
  const said = (console: Console, text: string) =>
    console.until((screen) => screen.includes(`said: ${text}`), `${text} on the screen`);
  ann.type(`chat:${bobId}:hello`);
  await said(bob, 'hello');
  bob.type(`chat:${annId}:hello yourself`);
  await said(ann, 'hello yourself');
  ann.type(`chat:${annId}:to myself`);
  await said(ann, 'to myself');
  await type(ann, /choice:/, 'loginout');
  await type(ann, /login user =>[\s\S]*team/, '1', annId, 'pw');
  await ann.end();
  await bob.end();
}

t.test(
  'a session of two chat-clients is recorded, and played on the same server and on a new one',
  async (t) => {
    const port = await serve(t);
    const file = await recorded(t, port, conversation);
    for (const other of [port, port, await serve(t)]) {
      const run = await runTool(other, '--recording', file, ...PATIENT);
      t.equal(run.status, 0, run.log);
      t.same([...run.results.keys()], ['recording/mine']);
      t.equal(run.results.get('recording/mine')?.finding.verdict, 'same', run.log);
    }

    t.test('what differs is found', async (t) => {
      const BROKEN: Readonly<Record<string, [from: RegExp, to: string]>> = {
        'a byte of a message': [/hello yourself/g, 'hello yourselF'],
        'a byte of a login': [/"state\\":\\"online/g, '"state\\":\\"onlinE'],
        'a message is lost': [/\{[^{}]*"msg":"to myself"[^{}]*\}/g, ''],
        'a message comes twice': [/(\{[^{}]*"msg":"to myself"[^{}]*\})/g, '$1$1'],
      };
      for (const [what, [from, to]] of Object.entries(BROKEN)) {
        const relay = await breaking(port, (text) => text.replace(from, to));
        t.teardown(() => relay.close());
        const run = await runTool(relay.port, '--recording', file, '--timeout', '15');
        t.same(faulty(run), ['recording/mine'], `${what}\n${run.log}`);
      }
    });

    t.test('accounts, friends and groups that were there before are made anew', async (t) => {
      const again = await recorded(t, port, async (at) => {
        const ann = new Console(at);
        await type(ann, /login user =>[\s\S]*team/, '1', '1', 'pw');
        await type(ann, /choice:/, 'loginout');
        await ann.end();
      });
      const { before } = JSON.parse(readFileSync(again, 'utf8'));
      t.match(before, { friend: [{ userid: 1, friendid: 2 }], allgroup: [{ groupname: 'team' }] });
      const run = await runTool(await serve(t), '--recording', again, ...PATIENT);
      t.equal(run.status, 0, run.log);
      t.equal(run.results.get('recording/mine')?.finding.verdict, 'same', run.log);
    });
  },
);

t.test('a dialect with lengths before messages, other numbers and other names of ids', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = join(folder.path, 'lengths.json');
  const framing = { in: 'length', out: 'length' };
  writeFileSync(
    file,
    JSON.stringify({
      framing,
      typeKey: 'type',
      requests: { login: 31 },
      requestFields: { id: 'uid', toid: 'to' },
      replyFields: { id: 'uid' },
    }),
  );
  const port = await serve(t, '--dialect', file);
  const dialect = loadDialect(file);
  const session = async (at: number) => {
    const speaker = await Speaker.connect({ port: at }, dialect);
    const words = new Words(dialect);
    const id = words.registered(await speaker.askText('register', { name: 'ann', password: 'pw' })) ?? 0;
    t.equal(words.registered(await speaker.askText('register', { name: 'ann', password: 'pw' })), undefined);
    t.ok(words.isLoggedIn(await speaker.askText('login', { id, password: 'pw' })));
    const msg = '{"uid":1,"你":"{}}{"}';
    t.match(await speaker.askText('chat', { id, toid: id, name: 'ann', msg, time: 'now' }), '"to":');
    await speaker.close();
  };
  const recording = await recorded(t, port, session, '--dialect', file);
  for (const other of [port, await serve(t, '--dialect', file)]) {
    const run = await runTool(other, '--recording', recording, '--dialect', file, ...PATIENT);
    t.equal(run.results.get('recording/mine')?.finding.verdict, 'same', run.log);
  }
  const untold = await runTool(port, '--recording', recording);
  t.equal(untold.status, 2);
  t.match(untold.log, /was recorded in the dialect lengths, not in original \(--dialect\)/);
});

t.test('a client that ends its side at once gets its answer, which is in the recording', async (t) => {
  const port = await serve(t);
  const file = await recorded(t, port, async (at) => {
    const socket = connect({ port: at, host: '127.0.0.1', allowHalfOpen: true });
    socket.end('{"msgid":4,"name":"ann","password":"pw"}\0');
    t.match(await text(socket), /^\{"errno":0,"id":\d+,"msgid":5\}$/);
    socket.destroy();
  });
  t.match(readFileSync(file, 'utf8'), /"text": "\{\\"errno\\":0,/);
  const run = await runTool(port, '--recording', file, ...PATIENT);
  t.equal(run.results.get('recording/mine')?.finding.verdict, 'same', run.log);
});

t.test('a capture of a session is a recording: its steps, and it plays on another server', async (t) => {
  const { status, log, file } = await fromCapture(t, 'fixtures/scenarios/chat-online.pcap');
  t.equal(status, 0, log);
  t.equal(statSync(file).mode & 0o777, 0o600, 'passwords are in it');
  const said = (steps: readonly Step[]) =>
    steps.flatMap((step) =>
      step.do === 'send' ? [[String(step.bytes), Object.values(step.received).flat().map(String)]] : [],
    );
  t.same(said(readRecording(file).steps), said(readScenario('chat-online').steps));
  const run = await runTool(await serve(t), '--recording', file, ...PATIENT);
  t.equal(run.status, 0, run.log);
  t.equal(run.results.get('recording/mine')?.finding.verdict, 'same', run.log);
});

t.test('a capture that cannot be used gets one line, and nothing is written', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const whole = readFileSync('fixtures/scenarios/group-create-join.pcap');
  const cut = join(folder.path, 'cut.pcap');
  writeFileSync(cut, whole.subarray(0, -1));
  for (const [capture, line] of [
    ['README.md', /^chat-compat: README\.md is no pcap\n$/],
    [cut, /^chat-compat: \S+ is cut short: .*\n$/],
    [folder.path, /^chat-compat: \S+ cannot be read \(EISDIR\)\n$/],
  ] as const) {
    const { status, log, file } = await fromCapture(t, capture);
    t.equal(status, 2);
    t.match(log, line);
    t.notOk(existsSync(file));
  }
});

t.test('what is no recording could not be tested, and a line says why', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = join(folder.path, 'none.json');
  for (const [written, line] of [
    ['{"steps": 5}', /none\.json is no recording: /],
    ['{', /none\.json is not JSON/],
  ] as const) {
    writeFileSync(file, written);
    const run = await runTool(await serve(t), '--recording', file);
    t.equal(run.status, 2);
    t.match(run.log, line);
  }
});
