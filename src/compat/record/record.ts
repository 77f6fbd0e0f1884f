import { existsSync, writeFileSync } from 'node:fs';
import { LONGEST_CAPTURE, listenTo } from '../../learn/capture.js';
import { Ear, relaying } from '../../learn/listen.js';
import { readBounded } from '../../text/bounded-file.js';
import type { Place } from '../replay/party.js';
import { written } from '../target.js';
import { rowsBefore } from './before.js';
import type { RecordSettings } from './options.js';
import { Recorder } from './recorder.js';
import { nameOf, readSteps, type WrittenRecording } from './recording.js';

const EMPTY = { user: [], friend: [], allgroup: [], groupuser: [], offlinemessage: [] };

/** Exit status: it is written, or something is missing in it. */
const [FINE, FAULTY] = [0, 1];

/**
 * `chat-compat record`: stands between clients and a server until Ctrl-C, or reads a capture of them, and writes down what
 * they say. Throws a line.
 */
export async function record(file: string, settings: RecordSettings): Promise<number> {
  if (existsSync(file)) throw new Error(`${file} is there already: name a new file`);
  const { dialect } = settings;
  const recorder = new Recorder(dialect);
  const server =
    'capture' in settings ? fromCapture(settings.capture, recorder) : await overhear(settings, recorder);
  const { steps, faults } = recorder;
  if (!steps.some((step) => step.do === 'send'))
    throw new Error('no client said anything: nothing is written');
  const recording: WrittenRecording = {
    name: nameOf(file),
    about: `a session of ${steps.filter((step) => step.do === 'connect').length} connections`,
    'recorded-from': written(server),
    dialect: dialect.name,
    nodes: 1,
    ports: [server.port],
    before: EMPTY,
    steps,
  };
  write(file, { ...recording, before: rowsBefore(readSteps(recording), dialect) });
  for (const fault of faults) console.log(`not whole: ${fault}`);
  console.log(
    `${file} is written, from ${steps.length} steps. Try it: chat-compat ${written(server)} --recording ${file}`,
  );
  return faults.size === 0 ? FINE : FAULTY;
}

/** Lets a recorder hear clients and their server, until Ctrl-C. */
async function overhear(
  { to, listen }: Extract<RecordSettings, { to: unknown }>,
  recorder: Recorder,
): Promise<Required<Place>> {
  const ear = new Ear(relaying({ ip: to.host, port: to.port }, recorder));
  const ip = listen.ip ?? '127.0.0.1';
  const stopped = untilStopped();
  const port = await ear.open({ ip, port: listen.port });
  const at = written({ host: ip, port });
  console.log(`listening on ${at}, before ${written(to)}: Ctrl-C ends the recording`);
  await stopped;
  ear.close();
  return to;
}

/** Lets a recorder hear what a capture holds. */
function fromCapture(path: string, recorder: Recorder): Required<Place> {
  try {
    const { ip, port } = listenTo(readBounded(path, LONGEST_CAPTURE), recorder);
    return { host: ip, port };
  } catch (error) {
    throw new Error(`${path} ${whyNot(error)}`);
  }
}

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `cannot be read (${code})`;
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
