import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { validate } from 'dockerfile-utils';
import t, { type Test } from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

// It compiles.
t.setTimeout(600_000);
const dockerfile = readFileSync('deploy/docker/Dockerfile', 'utf8');
const [build = '', run = ''] = dockerfile.split(/^(?=FROM )/m).slice(1);

/** The files of the project that a stage copies, and their places there. */
function copies(stage: string): [from: string, to: string][] {
  return [...stage.matchAll(/^COPY (?!--)(.+) (\S+)$/gm)].flatMap(([, from = '', to = '']) =>
    from.split(' ').map((path): [string, string] => [path, to === './' ? path : to]),
  );
}

t.test('a linter finds nothing', async (t) => {
  t.same(
    validate(dockerfile).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`),
    [],
  );
});

t.test('it runs as nobody special, stops as a server does, and asks for its health', async (t) => {
  t.match(run, /^USER node$/m);
  t.match(run, /^STOPSIGNAL SIGTERM$/m);
  t.match(run, /^HEALTHCHECK .* CMD \["chat-server", "check", "--running"\]$/m);
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
  const [, node] = /^FROM node:(\d+)-/m.exec(run) ?? [];
  t.ok(Number(node) >= Number(engines.node.replace('>=', '')));
});

t.test('what is copied is enough to build, and what is kept is enough to run', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const [app, image] = ['build', 'image'].map((name) => join(folder.path, name)) as [string, string];
  const sent = readFileSync('.dockerignore', 'utf8').matchAll(/^!(.+)$/gm);
  const allowed = [...sent].map(([, path]) => path);
  for (const [stage, target] of [[build, app] as const, [run, image] as const])
    for (const [from, to] of copies(stage)) {
      t.ok(allowed.includes(from), `${from} is sent to the builder`);
      cpSync(from, join(target, to), { recursive: true });
    }
  symlinkSync(resolve('node_modules'), join(app, 'node_modules'));
  const compiled = new Child('npm', ['--prefix', app, 'run', '--silent', 'build']);
  t.equal(await compiled.ended, 0, compiled.log);
  for (const [, from = '', to = ''] of run.matchAll(/^COPY --from=build \/app\/(\S+) (\S+)$/gm)) {
    t.ok(existsSync(join(app, from)), `${from} is built`);
    if (from === 'node_modules') symlinkSync(resolve(from), join(image, to));
    else cpSync(join(app, from), join(image, to === './' ? from : to), { recursive: true });
  }
  mkdirSync(join(folder.path, 'bin'));
  for (const [, target = '', link = ''] of run.matchAll(/ln -s \/app\/(\S+) \/usr\/local\/bin\/(\S+)/g))
    symlinkSync(join(image, target), join(folder.path, 'bin', link));
  await serves(t, folder.path);
});

/** Starts the command as the image does, and asks for its health as Docker does. */
async function serves(t: Test, folder: string): Promise<void> {
  const [command, env] = [join(folder, 'bin/chat-server'), { CHAT_DATA: join(folder, 'chat.db') }];
  const server = new Child(command, [], { ...env, CHAT_IP: '127.0.0.1', CHAT_PORT: '0' });
  t.teardown(() => server.stop('SIGKILL'));
  const [, port] = await server.logged(/"port":(\d+).*"msg":"listening"/);
  const health = (CHAT_PORT: string | undefined) =>
    new Child(command, ['check', '--running'], {
      ...env,
      CHAT_IP: '127.0.0.1',
      ...(CHAT_PORT && { CHAT_PORT }),
    });
  const healthy = health(port);
  t.equal(await healthy.ended, 0, healthy.log);
  // The recordings, the hostile inputs and the JSON that it asks with are files.
  const asked = ['--only', 'json,bytes/chat-online,hostile/a-missing-quote', '--timeout', '60'];
  const compat = new Child(join(folder, 'bin/chat-compat'), [`127.0.0.1:${port}`, ...asked]);
  t.equal(await compat.ended, 0, compat.log);
  t.equal(await server.stop(), 0);
  t.equal(await health(port).ended, 1, 'and it is told when there is no server');
}
