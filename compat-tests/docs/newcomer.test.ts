import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { Tty } from '../client/tty.js';
import { newFolder } from '../harness/folder.js';
import { freePort } from '../harness/port.js';
import { commands, page } from './pages.js';

/** The files of a clone that are needed to run, already compiled; the folder of dependencies stands for `npm ci`. */
const CLONED = ['src', 'web', 'scripts', 'dist', 'assets', 'chat.sql', 'package.json', 'package-lock.json'];

const folder = newFolder();
const port = await freePort();
const terminals: Tty[] = [];
t.teardown(() => {
  for (const terminal of terminals) terminal.kill();
  folder.remove();
});
for (const path of [...CLONED, 'tsconfig.json', 'tsconfig.build.json'])
  cpSync(path, join(folder.path, path), { recursive: true });
writeFileSync(join(folder.path, 'dist/.built'), '');
symlinkSync(resolve('node_modules'), join(folder.path, 'node_modules'));

/** Opens another terminal in the folder of the project, and types a command of the page there. */
function terminal(command: string): Tty {
  const tty = new Tty(`cd '${folder.path}' && exec env LC_ALL=C ${command.replace(/\b6000\b/, `${port}`)}`);
  terminals.push(tty);
  return tty;
}

t.test('who reads only README.zh-CN.md gets to two clients chatting', async (t) => {
  const chinese = page('README.zh-CN.md');
  const [start = '', client = ''] = commands(chinese);
  t.match(start, /^npm ci && npm start /);
  const server = terminal(start.replace('npm ci && ', ''));
  await server.shows(`listens on 127.0.0.1:${port}`);

  const [alice, bob] = [terminal(client), terminal(client)] as const;
  for (const [id, tty] of [alice, bob].entries()) {
    const answers: [question: string, answer: string][] = [
      ['choice:', '2'],
      ['username:', `user${id + 1}`],
      ['userpassword:', 'secret'],
      ['choice:', '1'],
      ['userid:', `${id + 1}`],
      ['userpassword:', 'secret'],
    ];
    for (const [question, answer] of answers) await tty.asked(question, answer);
    await tty.shows(`current login user => id:${id + 1}`);
  }
  const [, hello = ''] = /`(chat:2:[^`]+)`/.exec(chinese.text) ?? [];
  const [, reply = ''] = /`(chat:1:[^`]+)`/.exec(chinese.text) ?? [];
  alice.type(`${hello}\r`);
  await bob.shows(`user1 said: ${hello.slice('chat:2:'.length)}`);
  bob.type(`${reply}\r`);
  await alice.shows(`user2 said: ${reply.slice('chat:1:'.length)}`);
  for (const tty of [alice, bob]) {
    tty.type('quit\r');
    await tty.ended();
  }
  server.type('\x03');
  await server.ended();
  t.match(server.monitor.text, /stopped/);
});
