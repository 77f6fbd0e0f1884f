import { readFileSync } from 'node:fs';
import t from 'tap';
import { OPTIONS, type Option } from '../options.js';
import { embeddedOptions } from './embedding.js';
import { reference } from './reference.js';
import { TOOLS, type ToolName } from './tools.js';
import { usage, usageOf } from './usage.js';

t.test('docs/configuration.md is what the program says: npm run docs writes it', async (t) => {
  t.equal(readFileSync('docs/configuration.md', 'utf8'), reference());
});

t.test('src/embed-options.ts is what the program says: npm run docs writes it', async (t) => {
  t.equal(readFileSync('src/embed-options.ts', 'utf8'), embeddedOptions());
});

t.test('help and reference have every option, with its default', async (t) => {
  for (const name of Object.keys(OPTIONS)) {
    t.match(usage(), `--${name}`);
    t.match(reference(), `| \`${name}\` |`);
  }
  t.match(usage(), /--pace MS +least gap .* \(default 5\)\n/);
  t.match(reference(), '| `--pace MS` | `CHAT_PACE` | `pace` | `5` |');
  for (const line of usage().split('\n')) t.ok(line.length <= 130, line);
});

t.test('the help of a command has its words and the options that are for it alone', async (t) => {
  for (const name of Object.keys(TOOLS) as ToolName[]) {
    const help = usageOf(name);
    t.match(help, `usage: chat-server ${TOOLS[name].usage} [options]\n  ${TOOLS[name].help}`);
    for (const [option, { only }] of Object.entries(OPTIONS as Record<string, Option>))
      t.equal(help.includes(`--${option} `), only?.includes(name) ?? false, `${name} --${option}`);
  }
  t.match(usageOf('dialect'), /--to IP:PORT .*\n +--capture FILE/);
});
