import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import t from 'tap';
import { newFolder } from '../../compat-tests/harness/folder.js';
import { Sink } from './sink.js';

const FULL = '/dev/full';

t.test(
  'a disk that is full makes nobody keep its lines: they are dropped, and counted when there is room',
  async (t) => {
    const folder = newFolder();
    t.teardown(() => folder.remove());
    const file = `${folder.path}/log`;
    symlinkSync(FULL, file);
    const sink = new Sink({ format: 'json', file });
    for (let n = 0; n < 100; n++) sink.write(`${JSON.stringify({ n })}\n`);
    rmSync(file);
    sink.reopen();
    for (const n of [100, 101]) sink.write(`${JSON.stringify({ n })}\n`);
    const [first, told, last, ...more] = readFileSync(file, 'utf8').trim().split('\n');
    t.equal(first, '{"n":100}');
    t.match(JSON.parse(told ?? '{}'), { dropped: 100 });
    t.equal(last, '{"n":101}');
    t.same(more, []);
  },
);
