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

/** Options that these commands share with others, and without which they do not know whom to ask. */
const NEEDED: Partial<Record<ToolName, readonly string[]>> = {
  user: ['data', 'mysql', 'admin', 'admin-peers', 'admin-token'],
  password: ['data', 'mysql'],
  users: ['admin', 'admin-peers', 'admin-token'],
  kick: ['admin', 'admin-peers', 'admin-token'],
  say: ['admin', 'admin-peers', 'admin-token'],
};

t.test('the help of a command has its words and the options that it needs or has alone', async (t) => {
  for (const name of Object.keys(TOOLS) as ToolName[]) {
    const help = usageOf(name);
    t.match(help, `usage: chat-server ${TOOLS[name].usage} [options]\n  ${TOOLS[name].help}`);
    for (const [option, { only }] of Object.entries(OPTIONS as Record<string, Option>)) {
      const isShown = only?.includes(name) === true || NEEDED[name]?.includes(option) === true;
      t.equal(help.includes(`--${option} `), isShown, `${name} --${option}`);
    }
  }
  t.match(usageOf('dialect'), /--to IP:PORT .*\n +--capture FILE/);
});
