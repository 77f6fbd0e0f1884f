import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import t from 'tap';
import { beforeDeadline } from '../harness/deadline.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

for (const workers of ['1', '2'])
  t.test(
    `a reader of the log that hangs stops nothing, with ${workers} process(es): lines are dropped and counted`,
    async (t) => {
      const args = [
        'dist/main.js',
        '127.0.0.1',
        '0',
        '--data',
        ':memory:',
        '--pace',
        '0',
        '--login-failures',
        '0',
      ];
      const options = [...args, '--log-level', 'debug', '--workers', workers];
      const server = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
      t.teardown(() => server.kill('SIGKILL'));
      const lines = createInterface(server.stdout);
      let port = 0;
      for await (const line of lines) {
        const event = JSON.parse(line);
        if (event.msg === 'listening') port = event.port;
        if (event.msg === 'listening' && event.version !== undefined) break;
      }
      // From here on nobody reads.
      server.stdout.pause();
      const user = await User.connect({ port });
      await user.register('somebody');
      // Each of these is a line of about 150 bytes: three times what a pipe and the server keep.
      for (let n = 0; n < 20; n++) {
        await user.say('{"msgid":4}'.repeat(1000));
        t.same((await user.settle()).length, 1000, 'requests are answered');
      }
      server.kill('SIGTERM');
      let log = '';
      server.stdout.on('data', (chunk: Buffer) => {
        log += chunk;
      });
      server.stdout.resume();
      const [status] = (await beforeDeadline(once(server, 'close'), () => 'the end')) as [number];
      t.equal(status, 0);
      t.match(log, /"dropped":\d+,"msg":"lines of the log were dropped/);
      t.match(log, /"status":0,"msg":"stopped"/, 'the last line is there');
    },
  );
