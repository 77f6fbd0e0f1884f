import { parseArgs } from 'node:util';
import { newFolder } from '../../compat-tests/harness/folder.js';
import { startServer } from '../../compat-tests/harness/server.js';
import { User } from '../../compat-tests/harness/user.js';
import { Model, type Reads, sum } from './model.js';
import { SCENARIOS, type Scenario, SENDER, USERS } from './scenarios.js';

const { values } = parseArgs({
  options: {
    gaps: { type: 'string', default: '1,2,3,5,8,10,20' },
    times: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});

const folder = newFolder();
const model = new Model(folder.path);
if (!model.isCompiled) console.error('there is no C compiler: the clients are slower than the original');
const scenarios = SCENARIOS.filter(({ name }) => name.includes(values.only));
console.log(row('gap', ...scenarios.flatMap(({ name }) => [name, 'busy'])));
console.log(row('---', ...scenarios.flatMap(() => ['---', '---'])));
try {
  for (const gap of values.gaps.split(',')) console.log(row(`${gap} ms`, ...(await cells(gap))));
} finally {
  folder.remove();
}

/** Each scenario on an idle machine, and while both cores are busy. */
async function cells(gap: string): Promise<string[]> {
  const found: string[] = [];
  for (const scenario of scenarios)
    for (const spinning of [0, 2]) found.push(await cell(scenario, gap, spinning));
  return found;
}

async function cell(scenario: Scenario, gap: string, spinning: number): Promise<string> {
  const all: Reads[] = [];
  for (let n = 0; n < Number(values.times); n++) all.push(await runOnce(scenario, gap, spinning));
  const { reads, failures } = sum(all);
  const died = all.filter((once) => once.failures > 0).length;
  return failures === 0 ? '0' : `${failures} of ${reads} (${died}/${all.length})`;
}

async function runOnce(scenario: Scenario, gap: string, spinning: number): Promise<Reads> {
  // The sender makes others join its group.
  const server = await startServer(['--data', ':memory:', '--pace', gap, '--trust-client-ids']);
  const sender = await User.connect(server);
  for (let n = 1; n <= USERS; n++) await sender.register(`u${n}`);
  await sender.login(SENDER);
  const spinners = Array.from({ length: spinning }, () => model.spin());
  const reads = await scenario.run(model, server, sender);
  await Promise.all([server.child, ...spinners].map((child) => child.stop('SIGKILL')));
  return reads;
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
