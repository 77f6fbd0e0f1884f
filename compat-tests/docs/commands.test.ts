import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { readArguments } from '../../src/config/arguments.js';
import { isTool } from '../../src/config/tools.js';
import { commands, page, pages } from './pages.js';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
/** npm's own commands. */
const NPM = ['ci', 'config', 'pack', 'install', 'start', 'test'];

for (const some of pages())
  t.test(`the commands of ${some.path} exist`, async (t) => {
    for (const line of commands(some)) {
      for (const [, script = ''] of line.matchAll(/\bnpm (?:run )?(?:--silent )?([\w:-]+)/g))
        t.ok(NPM.includes(script) || script in scripts, line);
      for (const [, file = ''] of line.matchAll(/\bnode (?:--\S+ )*(?:build|dist)\/(\S+)\.js\b/g))
        t.ok(existsSync(`${file}.ts`) || existsSync(`src/${file}.ts`), line);
      for (const [file] of line.matchAll(/\b(?:deploy|compat-tests|bench|examples)\/[\w./-]+/g))
        t.ok(existsSync(file), `${line}: ${file}`);
      const [, args] = /^chat-server (.*)$/.exec(line) ?? [];
      if (args === undefined) continue;
      const { words } = readArguments(args.split(' '));
      t.ok(isTool(words[0]) || words.length === 2, `${line}: a command, or IP and PORT`);
    }
  });

t.test('README.md and README.zh-CN.md give the same commands', async (t) => {
  const [english, chinese] = [commands(page('README.md')), commands(page('README.zh-CN.md'))];
  t.ok(english.length > 5);
  t.same(chinese, english);
});

t.test('a command of the package is used only after it was installed', async (t) => {
  const lines = commands(page('README.md'));
  const installed = lines.findIndex((line) => line.startsWith('npm install -g'));
  const first = lines.findIndex((line) => /^chat-(server|client)\b/.test(line));
  t.ok(installed >= 0 && installed < first);
});
