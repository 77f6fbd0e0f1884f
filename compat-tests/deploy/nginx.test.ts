import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { loadStream, Nginx } from '../harness/nginx.js';
import { freePort } from '../harness/port.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { startWebServer } from '../web/web-server.js';
import { WebUser } from '../web/web-user.js';

const folder = newFolder();
t.teardown(() => folder.remove());

/** Each file, and what nodes behind it are started with. */
const FILES: readonly [file: string, options: string[]][] = [
  ['deploy/nginx/nginx.conf', []],
  ['deploy/docker/nginx.conf', ['--proxy-from', '127.0.0.1']],
];

/** A file as it is shipped, with another port and without what Debian loads its module by. */
function shipped(file: string, port: number): string {
  const text = readFileSync(file, 'utf8').replace(/^include .*$/m, '');
  if (!/\blisten 8000\b/.test(text)) throw new Error(`${file} does not listen on 8000`);
  return text.replace(/\blisten 8000\b/, `listen 127.0.0.1:${port}`);
}

for (const [file, options] of FILES) {
  t.test(`nginx accepts ${file}, and so does chat-server check`, async (t) => {
    const config = join(folder.path, 'nginx.conf');
    // It opens the ports that it is asked about.
    writeFileSync(config, shipped(file, await freePort()));
    const global = `${loadStream()} pid ${join(folder.path, 'pid')};`;
    const child = new Child('nginx', ['-t', '-e', 'stderr', '-p', folder.path, '-c', config, '-g', global]);
    t.equal(await child.ended, 0, child.log);
    const args = ['dist/main.js', 'check', '--nginx', file, '--data', ':memory:', ...options];
    const check = new Child(process.execPath, args);
    t.equal(await check.ended, 0, check.log);
    t.match(check.log, /^fine +nginx /m);
  });

  t.test(`users log in through ${file}`, async (t) => {
    const nodes = await Promise.all([1, 2].map(() => startServer(['--data', ':memory:', ...options])));
    t.teardown(() => Promise.all(nodes.map(({ child }) => child.stop('SIGKILL'))));
    const ports = nodes.map(({ port }) => port);
    const nginx = await Nginx.start((port) =>
      shipped(file, port).replaceAll(/\bserver [\d.]+:\d+/g, () => `server 127.0.0.1:${ports.shift()}`),
    );
    t.teardown(() => nginx.stop());
    t.same(ports, [], 'it has two nodes');
    // The one with the fewest connections gets the next: these are on both.
    const users = [await User.connect(nginx), await User.connect(nginx)];
    for (const user of users) {
      t.match(await user.register('somebody'), { errno: 0, id: 1 });
      t.match(await user.login(1), { errno: 0, name: 'somebody' });
    }
  });
}

for (const file of ['deploy/nginx/chat-web.conf', 'deploy/docker/chat-web.conf'])
  t.test(`browsers chat through ${file}, as themselves`, async (t) => {
    const options = ['--data', ':memory:', '--proxy-from', '127.0.0.1', '--log-level', 'debug'];
    const nodes = await Promise.all([1, 2].map(() => startWebServer(options)));
    t.teardown(() => Promise.all(nodes.map(({ child }) => child.stop('SIGKILL'))));
    const hosts = nodes.map(({ url }) => new URL(url).host);
    // It writes nothing outside of its folder.
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${name};`,
    );
    const nginx = await Nginx.start((port) => {
      const text = readFileSync(file, 'utf8').replaceAll(
        /\bserver [\d.]+:\d+/g,
        () => `server ${hosts.shift()}`,
      );
      return `events {} ${text
        .replace(/\blisten 8001\b/, `listen 127.0.0.1:${port}`)
        .replace('http {', `http { access_log off; ${paths.join(' ')}`)}`;
    });
    t.teardown(() => nginx.stop());
    t.same(hosts, [], 'it has two nodes');
    const url = `http://127.0.0.1:${nginx.port}/`;
    t.match(await (await fetch(url)).text(), /<div id="page">/);
    const headers = { origin: url.slice(0, -1), 'x-forwarded-for': '192.0.2.1' };
    const user = await WebUser.connect(url, { headers, query: '?keep' });
    t.match(user.cookie, /^chat-login=/);
    t.match(await user.register('somebody'), { errno: 0, id: 1 });
    t.match(await user.login(1), { errno: 0, name: 'somebody' });
    await Promise.race(
      nodes.map(({ child }) => child.logged(/"address":"127\.0\.0\.1","msg":"a client has come"/)),
    );
    for (const { child } of nodes)
      t.notMatch(child.log, /192\.0\.2\.1/, 'what it claims of itself is not believed');
    await t.rejects(WebUser.connect(url, { headers: { origin: 'https://evil.example' } }), /403/);
  });
