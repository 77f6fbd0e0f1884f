import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';

/** Runs chat-client with these arguments and this input. */
async function run(args: string[], input = '', locale = 'C') {
  const env = { ...process.env, LC_ALL: locale };
  const child = spawn(process.execPath, ['build/src/client/main.js', ...args], { env });
  child.stdin.end(input);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, status };
}

t.test('wrong arguments', async (t) => {
  const usage = {
    stdout: '',
    stderr: 'command invalid! example: chat-client 127.0.0.1 6000\n',
    status: 255,
  };
  for (const args of [
    [],
    ['127.0.0.1'],
    ['127.0.0.1', 'port'],
    ['127.0.0.1', '65536'],
    ['127.0.0.1', '1', '2'],
  ]) {
    t.same(await run(args), usage, args.join(' '));
  }
});

t.test('help', async (t) => {
  for (const args of [['-h'], ['--help'], ['127.0.0.1', '6000', '--help']]) {
    t.match(
      await run(args),
      { stdout: /^usage: chat-client HOST PORT \[--tls \[--ca FILE\]\]\n/, stderr: '', status: 0 },
      args.join(' '),
    );
  }
});

t.test('help in Chinese', async (t) => {
  t.match(await run(['-h'], '', 'zh_TW.UTF-8'), { stdout: /^用法：chat-client HOST PORT/, status: 0 });
});

t.test('connections', async (t) => {
  const listener = createServer((socket) => socket.once('data', () => socket.end())).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const port = String((listener.address() as { port: number }).port);
  const lost = await run(['127.0.0.1', port], '1\n1\npw\n');
  t.match(lost, { stderr: 'the server has closed the connection\n', status: 255 });
  t.match(await run(['127.0.0.1', port], '3\n'), { stdout: /choice:$/, stderr: '', status: 0 });
  listener.close();
  await once(listener, 'close');
  t.same(await run(['127.0.0.1', port]), {
    stdout: '',
    stderr: `cannot connect to 127.0.0.1 ${port}: ECONNREFUSED\n`,
    status: 255,
  });
});
