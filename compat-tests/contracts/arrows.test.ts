import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import t from 'tap';

/**
 * Which folder of src may import from which, types included. `.` are the files of src itself, which plug the
 * folders together; of these the others may only import the ones named here.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  text: [],
  json: [],
  protocol: ['json', 'store'],
  dialect: ['json', 'protocol', 'store', 'text'],
  learn: ['client', 'client/core', 'dialect', 'net', 'protocol', 'text'],
  net: ['json', 'protocol'],
  store: ['json'],
  'store/mysql': ['net', 'store', 'text'],
  'store/embedded': ['store'],
  bus: ['net'],
  'bus/redis': ['bus', 'net'],
  doors: ['net', 'text'],
  web: ['net', 'ops', 'protocol', 'store'],
  delivery: ['bus', 'net', 'ops', 'store'],
  history: ['net', 'ops', 'store'],
  chat: ['limits.ts', 'bus', 'chat/more', 'delivery', 'history', 'json', 'net', 'ops', 'protocol', 'store'],
  'chat/more': ['bus', 'chat', 'delivery', 'history', 'json', 'net', 'ops', 'protocol', 'store'],
  ops: ['limits.ts', 'store', 'store/mysql', 'text'],
  admin: ['bus', 'net', 'ops', 'store', 'text'],
  check: [
    ...['backends.ts', 'options.ts', 'bus/redis', 'config', 'net', 'ops'],
    ...['setup', 'store', 'store/embedded', 'store/mysql', 'text'],
  ],
  setup: ['ops', 'store', 'store/mysql', 'text'],
  move: ['store', 'store/embedded', 'store/mysql', 'text'],
  workers: ['backends.ts', 'config.ts', 'entrance.ts', 'config', 'ops', 'store/embedded'],
  config: ['limits.ts', 'options.ts', 'bus/redis', 'dialect', 'protocol', 'store/mysql', 'text'],
  commands: [
    ...['backends.ts', 'config.ts', 'options.ts', 'serve.ts', 'server.ts'],
    ...[
      'client',
      'client/core',
      'check',
      'config',
      'learn',
      'move',
      'net',
      'ops',
      'setup',
      'store',
      'store/embedded',
      'store/mysql',
      'text',
    ],
  ],
  client: ['client/core', 'text'],
  // Only numbers, and no Node modules: the page for browsers has it, too.
  'client/core': ['protocol'],
  compat: [
    ...['config', 'ops', 'client', 'client/core', 'dialect', 'json', 'net', 'protocol', 'text'],
    ...['compat/cases', 'compat/load', 'compat/record', 'compat/replay', 'compat/report'],
    ...['compat/shadow', 'compat/tables'],
  ],
  'compat/cases': ['client/core', 'compat', 'compat/replay', 'ops', 'protocol'],
  'compat/load': ['compat', 'compat/replay', 'compat/report', 'config', 'ops', 'protocol'],
  'compat/record': [
    ...['client/core', 'compat', 'compat/replay', 'compat/report', 'compat/tables', 'config'],
    ...['learn', 'ops', 'protocol', 'text'],
  ],
  'compat/replay': ['compat', 'compat/tables', 'ops'],
  'compat/report': ['compat', 'compat/cases', 'ops', 'text'],
  'compat/shadow': [
    ...['client', 'client/core', 'compat', 'compat/record', 'compat/replay', 'compat/report', 'config'],
    ...['learn', 'net', 'ops', 'protocol', 'text'],
  ],
  'compat/tables': ['store'],
};

const IMPORT = /\b(?:from|import) '(\.{1,2}\/[^']*)\.js'/g;

/** The source files of a folder of src, tests aside. */
function sources(folder: string): string[] {
  const path = posix.join('src', folder);
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => posix.join(folder, name)).filter((file) => !file.endsWith('.test.ts'));
}

/** The imports of a file from src: folders, and files of src itself. */
function imports(file: string): string[] {
  const folder = posix.dirname(file);
  const paths = [...readFileSync(`src/${file}`, 'utf8').matchAll(IMPORT)].map(([, path = '']) => path);
  const targets = paths.map((path) => `${posix.join(folder, path)}.ts`);
  return targets.map((target) => (target.includes('/') ? posix.dirname(target) : target));
}

const folders = readdirSync('src', { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isDirectory())
  .map(({ parentPath, name }) => posix.relative('src', posix.join(parentPath, name)));

t.same(Object.keys(ARROWS).sort(), folders.sort(), 'every folder has its arrows');

for (const [folder, allowed] of Object.entries(ARROWS))
  t.test(`${folder} imports nothing but: ${allowed.join(', ') || 'itself'}`, async (t) => {
    const others = (file: string) =>
      imports(file)
        .filter((target) => ![folder, ...allowed].includes(target))
        .map((target) => `${file} imports ${target}`);
    t.same(sources(folder).flatMap(others), []);
  });

/**
 * Where the verbs that no server of the family has are plugged in. No other file of chat knows them: who reads what the
 * original can do never meets them.
 */
const DOORS = ['chat/chat.ts', 'chat/chatting.ts', 'chat/create.ts', 'chat/dispatch.ts', 'chat/friends.ts'];

t.test('what the original does not have is plugged in at a few places', async (t) => {
  const doors = folders
    .filter((folder) => folder !== 'chat/more')
    .flatMap(sources)
    .filter((file) => imports(file).includes('chat/more'));
  t.same(doors.sort(), DOORS);
});

/** The files that a file imports, types included. */
function filesOf(file: string): string[] {
  const paths = [...readFileSync(`src/${file}`, 'utf8').matchAll(IMPORT)].map(([, path = '']) => path);
  return paths.map((path) => `${posix.join(posix.dirname(file), path)}.ts`);
}

/** The first circle that following these arrows finds; undefined when there is none. */
function circle(arrows: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    done.add(file);
    for (const next of arrows.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const file of arrows.keys()) {
    const found = walk(file, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

t.test('no file imports itself by a detour, also not for a type', async (t) => {
  t.same(
    circle(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
    ['b', 'c', 'b'],
    'a circle is found',
  );
  const files = ['.', ...folders].flatMap(sources);
  t.equal(circle(new Map(files.map((file) => [file, filesOf(file)]))), undefined);
});
