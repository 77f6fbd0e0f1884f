import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { FileTooLarge, readBounded } from './bounded-file.js';

const folder = t.testdir({ small: 'four', none: '' });
const at = (name: string) => join(folder, name);

t.test('a file is read as it is, up to its bound', async (t) => {
  t.equal(readBounded(at('small'), 4).toString(), 'four');
  t.equal(readBounded(at('none'), 4).length, 0);
  t.throws(() => readBounded(at('small'), 3), { message: 'is larger than 3 bytes' });
  t.throws(() => readBounded(at('away'), 4), { code: 'ENOENT' });
  t.throws(() => readBounded(folder, 1 << 20), { code: 'EISDIR' });
});

t.test('a file of a terabyte is refused by its size', async (t) => {
  writeFileSync(at('disk'), '');
  truncateSync(at('disk'), 2 ** 40);
  t.throws(() => readBounded(at('disk'), 65_536), new FileTooLarge(65_536));
});

t.test('what has no size is read to its end, or its bound', async (t) => {
  t.throws(() => readBounded('/dev/zero', 1 << 20), { message: 'is larger than 1 MiB' });
  const module = new URL('bounded-file.js', import.meta.url).href;
  const read = `import(process.argv[1]).then(({ readBounded }) => {
    try { console.log(readBounded('/dev/stdin', Number(process.argv[2])).length) } catch ({ message }) { console.log(message) }
  })`;
  const piped = (most: number) =>
    execFileSync('sh', ['-c', 'head -c 100000 /dev/zero | node -e "$0" "$1" "$2"', read, module, `${most}`]);
  t.equal(piped(100_000).toString(), '100000\n');
  t.equal(piped(99_999).toString(), 'is larger than 99999 bytes\n');
});
