import { existsSync, writeFileSync } from 'node:fs';
import { Ear, relaying } from '../../learn/listen.js';
import { written } from '../target.js';
import { rowsBefore } from './before.js';
import type { RecordSettings } from './options.js';
import { Recorder } from './recorder.js';
import { nameOf, readSteps, type WrittenRecording } from './recording.js';

const EMPTY = { user: [], friend: [], allgroup: [], groupuser: [], offlinemessage: [] };

/** Exit status: it is written, or something is missing in it. */
const [FINE, FAULTY] = [0, 1];

/** `chat-compat record`: stands between clients and a server until Ctrl-C, and writes down what they say. Throws a line. */
export async function record(file: string, { to, listen, dialect }: RecordSettings): Promise<number> {
  if (existsSync(file)) throw new Error(`${file} is there already: name a new file`);
  const recorder = new Recorder(dialect);
  const ear = new Ear(relaying({ ip: to.host, port: to.port }, recorder));
  const ip = listen.ip ?? '127.0.0.1';
  const stopped = untilStopped();
  const port = await ear.open({ ip, port: listen.port });
  const at = written({ host: ip, port });
  console.log(`listening on ${at}, before ${written(to)}: Ctrl-C ends the recording`);
  await stopped;
  ear.close();
  const { steps, faults } = recorder;
  if (!steps.some((step) => step.do === 'send'))
    throw new Error('no client said anything: nothing is written');
  const recording: WrittenRecording = {
    name: nameOf(file),
    about: `a session of ${steps.filter((step) => step.do === 'connect').length} connections`,
    'recorded-from': written(to),
    dialect: dialect.name,
    nodes: 1,
    ports: [to.port],
    before: EMPTY,
    steps,
  };
  write(file, { ...recording, before: rowsBefore(readSteps(recording), dialect) });
  for (const fault of faults) console.log(`not whole: ${fault}`);
  console.log(
    `${file} is written, from ${steps.length} steps. Try it: chat-compat ${written(to)} --recording ${file}`,
  );
  return faults.size === 0 ? FINE : FAULTY;
}

/** Messages and passwords of people are in it: it is for its owner alone. */
function write(file: string, recording: WrittenRecording): void {
  try {
    writeFileSync(file, `${JSON.stringify(recording, undefined, 1)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new Error(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
