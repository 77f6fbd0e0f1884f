import type { Dialect } from '../../protocol/dialect.js';
import { printable } from '../../text/printable.js';
import type { Case } from '../case.js';
import { SAME } from '../finding.js';
import { type Made, make } from '../replay/accounts.js';
import type { World } from '../world.js';
import { Performance } from './performance.js';
import { nameOf, type Recording, readRecording } from './recording.js';
import { fieldOf, requestsIn } from './requests.js';

/** A recording as a case. Throws a line when the file is none, or is of another dialect. */
export function recordingCase(path: string, dialect: Dialect): Case {
  const recording = readRecording(path);
  if (recording.dialect !== dialect.name)
    throw new Error(
      `${path} was recorded in the dialect ${printable(recording.dialect)}, not in ${dialect.name} (--dialect)`,
    );
  const name = printable(nameOf(path));
  return {
    id: `recording/${name}`,
    why: {
      en: `As recorded: ${printable(recording.about)}.`,
      zh: `与录制一致：${name}。`,
    },
    run: async (world) => {
      if (recording.before.offlinemessage.length > 0) return { verdict: 'not run', needs: NOTHING_STORED };
      await new Performance(world, await prepare(world, recording)).run(recording);
      return SAME;
    },
  };
}

const NOTHING_STORED = {
  en: 'a recording whose users had no stored messages when they first logged in: log in once before it',
  zh: '录制开始时用户没有离线消息：录制前请先登录一次',
};

/** Makes the rows before it, and gives other names to what the session makes: its own are taken after the first time. */
async function prepare(world: World, recording: Recording): Promise<Made> {
  const made = await make(world, recording);
  for (const step of recording.steps) {
    if (step.do !== 'send') continue;
    for (const asked of requestsIn(step.bytes, world.dialect)) {
      const field = NAMES[asked.request.verb];
      const name = field === undefined ? '' : fieldOf(asked, field);
      if (name !== '' && name.length <= LONGEST && !made.names.has(name))
        made.names.set(name, world.freshName());
    }
  }
  return made;
}

const NAMES: Readonly<Record<string, 'name' | 'groupname' | undefined>> = {
  register: 'name',
  createGroup: 'groupname',
};

/** A longer name is refused whatever it is. */
const LONGEST = 50;
