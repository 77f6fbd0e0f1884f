import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readCommand } from '../config.js';
import { checkNginx } from './nginx.js';
import { parseNginx } from './nginx-syntax.js';

const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const GOOD = 'proxy_timeout 24h; proxy_connect_timeout 2s;';

/** The findings in a configuration, and in files beside it. */
async function check(
  conf: string,
  files: Record<string, string> = {},
  args: string[] = [],
): Promise<string[]> {
  for (const [name, text] of Object.entries({ 'nginx.conf': conf, ...files })) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const command = readCommand(
    ['check', '127.0.0.1', '6000', '--nginx', join(folder, 'nginx.conf'), ...args],
    {},
  );
  if (command.run !== 'check') throw new Error('no check');
  const found = await checkNginx({ settings: command.settings, place: command.place, again: command.again });
  return found.map(({ state, text }) => `${state} ${text.replaceAll(`${folder}/`, '')}`);
}

const events = 'events { worker_connections 65536; }';
const server = (target: string, more = GOOD) => `server { listen 8000; proxy_pass ${target}; ${more} }`;
const fine = [/^fine nginx\.conf suits chat/];

t.test('words, quotes, comments and blocks', async (t) => {
  t.same(parseNginx('a "b ; {" \'c\\\'d\' e\\ f; # g { \n h { i; j k { } } l "";'), [
    { name: 'a', args: ['b ; {', "c'd", 'e f'] },
    {
      name: 'h',
      args: [],
      block: [
        { name: 'i', args: [] },
        { name: 'j', args: ['k'], block: [] },
      ],
    },
    { name: 'l', args: [''] },
  ]);
  for (const text of ['a {', 'a; }', 'a { b }']) t.throws(() => parseNginx(text), text);
});

t.test('what is no configuration costs no more than it is long, and says one line', async (t) => {
  const length = 200_000;
  const long = (piece: string) => piece.repeat(length / piece.length);
  t.match(parseNginx(`${long('a ')};`), [{ args: { length: length / 2 - 1 } }], 'words');
  t.match(parseNginx(`a "${long('\\x')}";`), [{ args: ['x'.repeat(length / 2)] }], 'a word in quotes');
  t.equal(parseNginx(`${long(['a$', '{b}_'].join(''))};`).length, 1, 'variables');
  for (const text of [long('${'), long('a {')])
    t.throws(() => parseNginx(text), { message: 'has blocks more than 32 deep' });
});

t.test('files that include others twice are not read a million times', async (t) => {
  const names = Array.from({ length: 18 }, (_, at) => `twice/${at}.conf`);
  const files = names.map((name, at) => [name, `include ${names[at + 1] ?? 'mime.types'};`.repeat(2)]);
  const found = await check('include twice/0.conf;', Object.fromEntries([...files, ['mime.types', 'a b;']]));
  t.match(found, [/^broken .* is one of more than 1000 included files$/]);
  t.match(await check(`# ${'x'.repeat(4 << 20)}`), [/^broken nginx\.conf is larger than 4 MiB$/]);
  const half = `# ${'x'.repeat(2 << 20)}`;
  t.match(await check('include half.conf; include half.conf;', { 'half.conf': half }), [
    /half\.conf is larger/,
  ]);
});

t.test('a pattern with many stars is not tried in all ways', async (t) => {
  const name = 'a'.repeat(200);
  const files = { [`stars/${name}`]: `${events} stream { ${server('h:6000')} }` };
  t.match(await check(`include stars/${'*a'.repeat(50)}*b;`, files), [
    /^broken nginx\.conf: it has no stream/,
  ]);
  t.match(await check(`include stars/${'*a?[a-b]'.repeat(20)}*a;`, files), fine);
  t.match(await check('include stars/*[z-a];', files), [/^broken includes \*\[z-a\], which is no pattern/]);
});

t.test('what is included counts, wherever it is', async (t) => {
  const files = {
    'conf.d/a.conf': `upstream chat { server 10.0.0.1:6000; server 10.0.0.2:6000 max_fails=1; }`,
    'conf.d/b.conf': server('chat'),
    'events.conf': 'worker_connections 65536;',
  };
  t.match(await check('events { include events.conf; } stream { include conf.d/*.conf; }', files), fine);
  t.match(
    await check(`${events} include stre*/x.conf;`, { 'stream.d/x.conf': `stream { ${server('h:6000')} }` }),
    fine,
  );
  t.match(await check('include none.conf;'), [/^broken none\.conf cannot be read: ENOENT/]);
  t.match(await check('include nginx.conf;'), [/^broken nginx\.conf is included by itself/]);
});

t.test('the server that passes to our port counts, and no other', async (t) => {
  const both = `${server('10.0.0.9:22', 'proxy_timeout 1m;')} ${server('10.0.0.1:6000')}`;
  t.match(await check(`${events} stream { ${both} }`), fine);
  t.match(await check(`${events} stream { ${server('10.0.0.9:22')} }`), [
    /^broken .*no server in its stream block passes to port 6000/,
  ]);
  t.match(
    await check(`${events} stream { ${server('10.0.0.1:6443')} }`, {}, [
      '--tls',
      '6443',
      '--tls-cert',
      'c',
      '--tls-key',
      'k',
    ]),
    fine,
  );
  t.match(await check(`${events} stream { ${server('$backend')} }`), fine, 'a variable may be ours');
  t.match(await check(`${events} stream { ${GOOD} ${server('x:6000', '')} }`), fine, 'as said around it');
  t.match(await check(`${events} stream { ${GOOD} ${server('x:6000', 'proxy_timeout 1m 30s;')} }`), [
    /^warning .*silent/,
  ]);
});

t.test('what is said elsewhere does not count', async (t) => {
  const http = `http { server { location / { proxy_pass http://10.0.0.1:6000; } } }`;
  t.match(await check(`${events} ${http} stream { server { listen 1; return x; } }`), [
    /^broken .*passes nothing on/,
  ]);
  t.match(await check(`${events} ${http}`), [/^broken .*no stream block/]);
  t.match(await check(`${events} # stream { }\n`), [/^broken .*no stream block/]);
  const quoted = 'map $a $b { default "proxy_protocol on; stream {"; }';
  t.match(await check(`${events} stream { ${quoted} ${server('"10.0.0.1:6000"')} }`), fine);
});
