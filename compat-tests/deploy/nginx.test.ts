import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { loadStream } from '../harness/nginx.js';
import { freePort } from '../harness/port.js';

const folder = newFolder();
t.teardown(() => folder.remove());

for (const file of ['deploy/nginx/nginx.conf', 'deploy/docker/nginx.conf'])
  t.test(`nginx accepts ${file}`, async (t) => {
    const port = await freePort();
    const text = readFileSync(file, 'utf8');
    t.match(text, /\blisten 8000\b/);
    const config = join(folder.path, 'nginx.conf');
    // It opens the ports that it is asked about.
    writeFileSync(
      config,
      text.replace(/^include .*$/m, '').replace(/\blisten 8000\b/, `listen 127.0.0.1:${port}`),
    );
    const global = `${loadStream()} pid ${join(folder.path, 'pid')};`;
    const child = new Child('nginx', ['-t', '-e', 'stderr', '-p', folder.path, '-c', config, '-g', global]);
    t.equal(await child.ended, 0, child.log);
    const check = new Child(process.execPath, [
      'dist/main.js',
      'check',
      '--nginx',
      file,
      '--data',
      ':memory:',
    ]);
    t.equal(await check.ended, 0, check.log);
    t.match(check.log, /^fine +nginx /m);
  });
