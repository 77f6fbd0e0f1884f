import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

const folder = newFolder();
t.teardown(() => folder.remove());

/** Listens as systemd does, and prints what it is told. */
const LISTENER = `use Socket; $| = 1; socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])) or die;
print "open\\n"; while (defined recv(S, my $told, 4096, 0)) { print "$told\\n" }`;

t.test(
  'systemd is told that the service is ready when it is, and again and again that it runs',
  { skip: !existsSync('/usr/bin/systemd-notify') && 'there is no systemd here' },
  async (t) => {
    for (const workers of ['1', '2']) {
      const socket = join(folder.path, workers);
      const systemd = new Child('perl', ['-e', LISTENER, socket]);
      t.teardown(() => systemd.stop('SIGKILL'));
      await systemd.logged(/^open$/m);
      const args = ['dist/main.js', '127.0.0.1', '0', '--data', ':memory:', '--workers', workers];
      const server = new Child(process.execPath, args, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '200000' });
      t.teardown(() => server.stop('SIGKILL'));
      await systemd.logged(/READY=1\n.*WATCHDOG=1\n.*WATCHDOG=1\n/s);
      await server.logged(/"msg":"listening"/);
      t.match(systemd.log, `MAINPID=${server.pid}\n`, 'the main process, and none of its workers');
      t.equal(systemd.log.split('READY=1').length, 2, 'once');
      t.notMatch(server.log, /could not be told/);
      t.equal(await server.stop(), 0);
    }
  },
);
