import { isatty } from 'node:tty';

/** Whether somebody sits before the program: it is to end when its terminal is gone. */
export const isOnTerminal = isatty(0) || isatty(1);

let reloads = 0;

/**
 * Takes the signals that would end a program that is still starting, or open its debugger: logrotate and others send them
 * whenever they like. See onSignals for what they do later.
 */
export function takeEarly(): void {
  process.on('SIGUSR1', () => {});
  if (!isOnTerminal) process.on('SIGHUP', () => reloads++);
}

/** Whether a SIGHUP came before there was anything to read anew. */
export function cameEarly(): boolean {
  return reloads > 0;
}
