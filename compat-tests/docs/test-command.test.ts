import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { Tty } from '../client/tty.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());

/** A machine without the services: these programs only, and an installer that leaves a trace. */
const bin = join(folder.path, 'bin');
const installed = join(folder.path, 'installed');
mkdirSync(bin);
for (const program of ['/bin/bash', '/usr/bin/id', '/usr/bin/find', '/usr/bin/touch', process.execPath])
  symlinkSync(program, join(bin, basename(program)));
writeFileSync(join(bin, 'apt-get'), `#!/bin/bash\necho "$@" >>${installed}\nexit 1\n`);
chmodSync(join(bin, 'apt-get'), 0o755);
const tsc = join(bin, 'tsc');
writeFileSync(tsc, '#!/bin/bash\n');
chmodSync(tsc, 0o755);

t.test('a unit test needs no services, and nothing is installed for it', async (t) => {
  const script = 'compat-tests/harness/test.sh';
  const child = new Child('env', [`PATH=${bin}`, 'bash', script, 'src/config/networks.test.ts']);
  t.equal(await child.ended, 0, child.log);
  t.match(child.log, /^ok 1 - IPs and networks/m);
  t.notOk(existsSync(installed));
});

const asRoot = { skip: process.getuid?.() !== 0 };

t.test('on a terminal it is asked whether to install; no means that nothing is', asRoot, async (t) => {
  const tty = new Tty(`env -u CI PATH=${bin} bash compat-tests/harness/need.sh; echo "it ended with $?"`);
  await tty.asked('[y/N]', 'n');
  await tty.shows('it ended with 1');
  t.match(tty.written, /By hand: apt-get install .*redis-server/);
  t.notOk(existsSync(installed));
});

t.test('without a terminal, as in CI, it is said and done', asRoot, async (t) => {
  const child = new Child('env', [`PATH=${bin}`, 'bash', 'compat-tests/harness/need.sh']);
  t.equal(await child.ended, 1);
  t.match(child.log, /^Installing for the tests: .*redis-server/m);
  t.ok(existsSync(installed));
});
