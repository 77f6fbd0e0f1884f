import { execFile } from 'node:child_process';
import type { Log } from './log.js';

/** Node opens no datagram sockets of the file system, which systemd listens on: its own program says it for us. */
const PROGRAM = 'systemd-notify';

/**
 * Tells systemd that the service is ready, and from then on, as often as its watchdog asks, that it still runs: one
 * that hangs is ended and started again. Does nothing outside of a unit with `Type=notify`.
 *
 * @param env of this process: `NOTIFY_SOCKET`, `WATCHDOG_USEC`
 */
export function tellReady(log: Log, env: NodeJS.ProcessEnv = process.env): void {
  if (env.NOTIFY_SOCKET === undefined) return;
  let failed = false;
  const heard = (error: unknown) => {
    if (error !== null && !failed) log.warn({ err: error }, 'systemd could not be told');
    failed = error !== null;
  };
  const tell = (...words: string[]) => {
    try {
      execFile(PROGRAM, words, { env }, heard);
    } catch (error) {
      // No process more may be started now.
      heard(error);
    }
  };
  tell('--ready', `--pid=${process.pid}`);
  const every = Number(env.WATCHDOG_USEC) / 1000 / 2;
  if (every > 0) setInterval(tell, every, 'WATCHDOG=1').unref();
}
