import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { breaking } from './relay.js';
import { runTool } from './tool.js';

t.setTimeout(600_000);
const PATIENT = ['--timeout', '30'];
const server = await startServer(['--data', ':memory:', '--pace', '0']);
t.teardown(() => server.child.end('SIGKILL'));

t.test('JUnit: a case each, what is wrong is a failure, what was not run is skipped', async (t) => {
  const relay = await breaking(server.port, (text) => text.replace('"msg":"hello"', '"msg":"<&\u0001"'));
  const folder = newFolder();
  t.teardown(() => {
    relay.close();
    folder.remove();
  });
  const file = join(folder.path, 'found.xml');
  const run = await runTool(relay.port, '--only', 'session,nodes', '--junit', file, ...PATIENT);
  t.equal(run.status, 1, run.log);
  const xml = readFileSync(file, 'utf8');
  const [, tests, failures, skipped] =
    /<testsuite name="chat-compat [\d.:]+" tests="(\d+)" failures="(\d+)" skipped="(\d+)">/.exec(xml) ?? [];
  t.equal(Number(tests), run.results.size);
  const of = (verdict: string) =>
    [...run.results.values()].filter(({ finding }) => finding.verdict === verdict).length;
  t.equal(Number(failures), of('wrong') + of('ended'));
  t.equal(Number(skipped), of('not run'));
  t.equal(xml.match(/<testcase /g)?.length, run.results.size);
  t.match(xml, /<testcase classname="session" name="session\/chat" time="[\d.]+"><failure type="wrong"/);
  t.match(xml, /&lt;&amp;/, 'what a server writes is text');
  t.notOk(xml.includes('\u0001'), 'no character that XML has not');
  t.match(xml, /name="nodes\/[^"]*" time="[\d.]+"><skipped message="needs a second node \(--second\)"\/>/);
});

t.test('--lang zh: the table and what is wrong are in Chinese', async (t) => {
  const relay = await breaking(server.port, (text) => text.replace('"msg":"hello"', '"msg":"hellO"'));
  t.teardown(() => relay.close());
  const run = await runTool(relay.port, '--only', 'session/chat', ...PATIENT, '--lang', 'zh');
  t.equal(run.status, 1, run.log);
  t.match(run.log, /错误: session\/chat: /);
  t.match(run.log, /^分组 +与原版一致 +有意不同 +错误 +服务器退出 +未运行 +评级$/m);
});

t.test('--seed: the same numbers and texts for one seed, others for another', async (t) => {
  const said = async (seed: string): Promise<string[]> => {
    const heard: string[] = [];
    const relay = await breaking(server.port, (text) => {
      heard.push(...(text.match(/"v":[^}]*\}/g) ?? []));
      return text;
    });
    const run = await runTool(relay.port, '--only', 'json/digits', '--seed', seed, ...PATIENT);
    relay.close();
    t.equal(run.status, 0, run.log);
    return [...new Set(heard)].sort();
  };
  const [one, again, other] = [await said('1'), await said('1'), await said('2')];
  t.ok(one.length > 10);
  t.same(one, again);
  t.notSame(one, other);
});

t.test('Ctrl-C ends the run after its case, and prints and writes what is known', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const file = join(folder.path, 'found.json');
  const args = [
    'dist/compat/main.js',
    `127.0.0.1:${server.port}`,
    '--json',
    file,
    '--lang',
    'en',
    ...PATIENT,
  ];
  const tool = new Child(process.execPath, args);
  t.teardown(() => tool.end('SIGKILL'));
  await tool.logged(/^\d+\/\d+ bytes$/m);
  tool.signal('SIGINT');
  await tool.ended;
  t.match(tool.log, /stopped: this is what is known so far/);
  t.match(tool.log, /^session: .* A$/m);
  t.notMatch(tool.log, /^hostile: /m);
  const { results } = JSON.parse(readFileSync(file, 'utf8')) as { results: { id: string }[] };
  t.ok(results.some(({ id }) => id === 'session/chat'));
  t.notOk(
    results.some(({ id }) => id.startsWith('hostile/')),
    'what was not run is not in it',
  );
});
