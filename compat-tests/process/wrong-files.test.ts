import { truncateSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

// A terabyte of nothing in the place of each file that a user can name: a line says so, nothing reads it.
t.setTimeout(600_000);
const folder = newFolder();
t.teardown(() => folder.remove());
const disk = `${folder.path}/disk`;
writeFileSync(disk, '');
truncateSync(disk, 2 ** 40);

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'a dialect': ['main.js', '127.0.0.1', '0', '--dialect', disk],
  'a dialect that is checked': ['main.js', 'check', '--dialect', disk],
  'a config file': ['main.js', '127.0.0.1', '0', '--config', disk],
  'a secret': ['main.js', '127.0.0.1', '0', '--mysql-file', disk],
  'a token': ['main.js', '127.0.0.1', '0', '--admin', '0', '--admin-token-file', disk],
  'a certificate': [
    ...['main.js', '127.0.0.1', '0', '--data', ':memory:'],
    ...['--tls', '0', '--tls-cert', disk, '--tls-key', disk],
  ],
  'a certificate that is checked': ['main.js', 'check', '--tls', '0', '--tls-cert', disk, '--tls-key', disk],
  'authorities of a database': [
    ...['main.js', '127.0.0.1', '0'],
    ...['--mysql', `mysql://root@127.0.0.1:1/chat?ssl-mode=verify_ca&ssl-ca=${disk}`],
  ],
  'a configuration of nginx': ['main.js', 'check', '--nginx', disk],
  'a capture': ['main.js', 'dialect', 'learn', `${folder.path}/new.json`, '--capture', disk],
  'a capture that is recorded': ['compat/main.js', 'record', '--capture', disk, `${folder.path}/mine.json`],
  'authorities of a client': ['client/main.js', '127.0.0.1', '1', '--tls', '--ca', disk],
  'a recording': ['compat/main.js', '127.0.0.1:1', '--recording', disk],
};

for (const [what, [program = '', ...args]] of Object.entries(COMMANDS))
  t.test(`a terabyte as ${what}`, async (t) => {
    const child = new Child(process.execPath, [`dist/${program}`, ...args]);
    t.not(await child.ended, 0);
    t.match(child.log, /is larger than \d+ [KM]iB/, child.log);
    t.notMatch(child.log, /fault of the program|\n {4}at /);
  });
