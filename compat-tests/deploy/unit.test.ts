import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { longestStop } from '../../src/config/stop.js';
import { readCommand } from '../../src/config.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

const folder = newFolder();
t.teardown(() => folder.remove());
const unit = readFileSync('deploy/systemd/chat-server.service', 'utf8');
const file = join(folder.path, 'chat-server.service');
// A unit is held against the machine that it is on: the command is not installed on this one.
writeFileSync(file, unit.replace('/usr/local/bin/chat-server', resolve('dist/main.js')));

t.test('systemd has nothing to say against the unit', async (t) => {
  const child = new Child('systemd-analyze', ['verify', '--man=no', file]);
  t.equal(await child.ended, 0);
  t.equal(child.log, '');
});

t.test('systemd finds little that the service could do to the machine', async (t) => {
  const child = new Child('systemd-analyze', [
    'security',
    '--offline=true',
    '--threshold=20',
    '--no-pager',
    file,
  ]);
  t.equal(await child.ended, 0, child.log);
});

t.test('the files of its settings say what the program understands', async (t) => {
  const env = readFileSync('deploy/systemd/env', 'utf8');
  const variables = [...env.matchAll(/^#?(CHAT_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  t.ok(variables.length > 3);
  t.match(readCommand([], Object.fromEntries(variables)), {
    run: 'serve',
    config: { ip: '0.0.0.0', port: 6000, admin: { ip: '127.0.0.1', port: 9100 } },
  });
});

t.test('it stops in time, and has room for clients', async (t) => {
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
  const command = readCommand(['127.0.0.1', '6000'], {});
  if (command.run !== 'serve') throw new Error('it would not serve');
  t.ok(Number(seconds) * 1000 > longestStop(command.config), 'systemd kills it only after its own deadline');
  t.match(unit, /^LimitNOFILE=\d{5,}$/m);
  t.match(unit, /^Type=notify$/m);
  t.match(unit, /^NotifyAccess=all$/m, 'another program says it');
  t.match(unit, /^WatchdogSec=\d+$/m);
});
