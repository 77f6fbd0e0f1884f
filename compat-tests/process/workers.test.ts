import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import t from 'tap';
import { childrenOf } from '../harness/children.js';
import { until } from '../harness/deadline.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

t.setTimeout(600_000);

const TOKEN = 'a token that nobody guesses';

/** The state of a process, as a letter: T is stopped, Z has ended and its parent has not been told yet. */
function stateOf(pid: number): string | undefined {
  return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
}

for (const request of ['GET /users', 'POST /kick/1']) {
  t.test(
    `${request}: a worker that has just died cannot be told, and that is no reason to end`,
    async (t) => {
      const options = ['--workers', '2', '--admin', '0', '--admin-token', TOKEN];
      const server = await startServer(['--data', ':memory:', '--pace', '0', ...options]);
      t.teardown(() => server.child.stop('SIGKILL'));
      const [, port] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
      const admin = connect(Number(port), '127.0.0.1').resume();
      admin.on('error', () => {});
      t.teardown(() => admin.destroy());
      const ask = (what: string) => {
        admin.write(`${what} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
        return Promise.race([once(admin, 'data'), once(admin, 'close')]);
      };
      await ask('GET /livez');

      const primary = server.child.pid;
      const [killed] = childrenOf(primary);
      if (killed === undefined) throw new Error('there are no workers');
      // The request is read before the primary process hears that one of those whom it would ask has died.
      server.child.signal('SIGSTOP');
      await until(async () => stateOf(primary) === 'T', 'the primary process to stop');
      const answered = ask(request);
      process.kill(killed, 'SIGKILL');
      await until(async () => stateOf(killed) === 'Z', 'the worker to die');
      server.child.signal('SIGHUP');
      server.child.signal('SIGCONT');
      await server.child.orEnded(answered, 'answer');

      const isReplaced = async () => {
        const workers = childrenOf(primary);
        return workers.length === 2 && !workers.includes(killed);
      };
      await until(isReplaced, 'another worker');
      const user = await User.connect(server);
      t.equal((await user.register('somebody')).errno, 0, 'the others serve');
      await user.close();
      t.equal(await server.child.stop(), 0);
    },
  );
}
