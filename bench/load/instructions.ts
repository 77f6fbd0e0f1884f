import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** What a user's processor cannot change: it executes the same, slower or faster. */
const EVENT = 'instructions:u';

interface Counter {
  /** Resolves with how many were executed since this counter was made; undefined when nothing has counted them. */
  end(): Promise<number | undefined>;
}

/**
 * Counts what processes execute outside the kernel from now on, with `perf`. Undefined where that does not count, as on
 * most virtual machines.
 */
export function countInstructions(pids: readonly number[]): Counter | undefined {
  if (!isCounted()) return undefined;
  const perf = spawn('perf', ['stat', '-x,', '-e', EVENT, '-p', pids.join()], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  perf.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(perf, 'close');
  const end = async () => {
    perf.kill('SIGINT');
    await ended;
    return countIn(said);
  };
  return { end };
}

let counts: boolean | undefined;

function isCounted(): boolean {
  counts ??=
    countIn(spawnSync('perf', ['stat', '-x,', '-e', EVENT, 'true'], { encoding: 'utf8' }).stderr) !==
    undefined;
  return counts;
}

/** The first field of its row, which is no number where it was not counted. */
function countIn(said: string | null): number | undefined {
  const row = said?.split('\n').find((line) => line.includes(`,${EVENT},`));
  const count = Number(row?.split(',')[0]);
  return count > 0 ? count : undefined;
}
