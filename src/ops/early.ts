import { isatty } from 'node:tty';

/** Whether somebody sits before the program: it is to end when its terminal is gone. */
export const isOnTerminal = isatty(0) || isatty(1);

/** Other servers open their logs anew at SIGUSR1, and are renewed at SIGUSR2. */
export const UNUSED = ['SIGUSR1', 'SIGUSR2'] as const;

let reloads = 0;

/**
 * Takes the signals that would end a program that is still starting, or open its debugger: logrotate and others send them
 * whenever they like. See onSignals for what they do later.
 */
export function takeEarly(): void {
  for (const signal of UNUSED) process.on(signal, () => {});
  if (!isOnTerminal) process.on('SIGHUP', () => reloads++);
}

/** Whether a SIGHUP came before there was anything to read anew. */
export function cameEarly(): boolean {
  return reloads > 0;
}
