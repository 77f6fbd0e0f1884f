import { cameEarly, isOnTerminal, UNUSED } from './early.js';
import type { Log } from './log.js';

export interface Signalled {
  /** Finishes everything. Resolves with the number of messages that were lost. */
  stop(): Promise<number>;
  /** Reads or opens anew the files that the system may have changed. */
  reload(): void;
  /** Resolves when the log is written, or will not be soon. */
  flushed(): Promise<void>;
}

/**
 * Stops at SIGINT or SIGTERM with exit status 0 (DIFFERENCES 11), and after an error that nobody caught with 1. A
 * promise that is rejected and that nobody waits for ends its own work, and nothing else.
 * A second signal, or a deadline, exits at once. SIGHUP reloads; on a terminal it stops: the terminal is gone.
 * SIGUSR1 would have Node open its debugger to every user of the machine, and SIGUSR2 would end the process: here they only
 * say what to send.
 *
 * @param most the longest that a stop may take, in ms
 * @returns a function that stops as a signal does, for the reason given, unless that is under way
 */
export function onSignals(
  log: Log,
  { stop, reload, flushed }: Signalled,
  most: number,
): (reason: string) => void {
  let stopping = false;
  const begin = (status: number, reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    const exit = async (how: number, message: string) => {
      // The last line has room when what waited is written.
      await flushed();
      log.info({ status: how }, message);
      await flushed();
      process.exit(how);
    };
    setTimeout(() => exit(1, 'the deadline has passed'), most).unref();
    stop().then(
      (lost) => exit(lost > 0 ? 1 : status, 'stopped'),
      (error) => {
        log.error({ err: error }, 'stopping failed');
        exit(1, 'stopped');
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', ...(isOnTerminal ? (['SIGHUP'] as const) : [])] as const) {
    process.on(signal, () => (stopping ? process.exit(1) : begin(0, signal)));
  }
  if (!isOnTerminal) process.on('SIGHUP', () => reloadOrTell(log, reload));
  if (cameEarly()) reloadOrTell(log, reload);
  for (const signal of UNUSED) {
    process.on(signal, () =>
      log.warn({ signal }, 'this signal does nothing: SIGHUP opens the log and the certificate anew'),
    );
  }
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an error that nobody caught');
    begin(1, 'uncaughtException');
  });
  // It cost the one thing that was being done.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an error that nobody waited for'));
  return (reason) => begin(0, reason);
}

function reloadOrTell(log: Log, reload: () => void): void {
  try {
    reload();
  } catch (error) {
    log.error({ err: error }, 'not everything was read anew');
  }
}
