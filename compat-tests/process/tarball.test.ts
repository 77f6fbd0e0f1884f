import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { Registry } from '../harness/registry.js';

// It packs and installs.
t.setTimeout(600_000);
const folder = newFolder();
const registry = await Registry.start();
t.teardown(() => {
  registry.stop();
  folder.remove();
});

const NPM = {
  npm_config_registry: registry.url,
  npm_config_cache: join(folder.path, 'cache'),
  npm_config_loglevel: 'error',
  npm_config_update_notifier: 'false',
};

/** Starts a shell line in the folder, as at a prompt of somebody who has only the tarball. */
function shell(line: string): Child {
  return new Child('sh', ['-c', `cd '${folder.path}' && ${line}`], NPM);
}

// The compiled files are packed as they are: other tests run them meanwhile.
const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder.path];
const packed = new Child('npm', pack, NPM);
t.equal(await packed.ended, 0, packed.log);
const [tarball] = readdirSync(folder.path).filter((name) => name.endsWith('.tgz'));
const npx = `exec npx --yes --package ./${tarball}`;

t.test(
  'in an empty folder the tarball is a server, a client, a check and a suite, each by one command',
  async (t) => {
    const check = shell(`${npx} chat-server check 127.0.0.1 0 2>&1`);
    t.equal(await check.ended, 0, check.log);
    t.match(check.log, /^fine +database /m);

    const server = shell(`${npx} chat-server 127.0.0.1 0`);
    const [, pid, port] = await server.logged(/"pid":(\d+).*"port":(\d+).*"msg":"listening"/);
    t.teardown(() => process.kill(Number(pid), 'SIGKILL'));
    const typed = ['2', 'somebody', 'secret', '1', '1', 'secret', 'help', 'loginout', '3'].join('\\n');
    const client = shell(
      `printf '${typed}\\n' | npx --yes --package ./${tarball} chat-client 127.0.0.1 ${port}`,
    );
    t.equal(await client.ended, 0, client.log);
    t.match(client.log, /register success, userid is 1, do not forget it!/);
    t.match(client.log, /current login user => id:1 name:somebody/);

    // The recordings, the hostile inputs and the JSON that it asks with are files.
    const asked = '--only json,bytes/chat-online,hostile/a-missing-quote --timeout 60';
    const compat = shell(`${npx} chat-compat 127.0.0.1:${port} ${asked} 2>&1`);
    t.equal(await compat.ended, 0, compat.log);
    t.match(compat.log, /^hostile: /m);
  },
);

t.test('installed, it is a library that a program can import', async (t) => {
  const program = `import { createChatServer, ChatClient } from 'chat-server';
    const server = await createChatServer({ port: 0, data: ':memory:' });
    const client = await ChatClient.connect({ host: server.ip, port: server.port });
    console.log('id', await client.register('somebody', 'secret'));
    await client.close(); await server.stop();`;
  const install = shell(`npm init --yes >/dev/null && npm install --no-audit --no-fund ./${tarball}`);
  t.equal(await install.ended, 0, install.log);
  const child = shell(`node --input-type=module -e "${program.replaceAll('\n', ' ')}"`);
  t.equal(await child.ended, 0, child.log);
  t.match(child.log, /^id 1\n/m);
});
