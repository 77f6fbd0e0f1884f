import { type LogFn, type Logger, pino } from 'pino';
import type { Recent } from './recent.js';

export type Log = Logger;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** From this level on a person should see it: pino's `warn`. */
const WORTH_SEEING = 40;

/**
 * One JSON line per event on standard output, written at once so that nothing is missing after a crash.
 *
 * @param recent gets the warnings and errors, too
 */
export function openLog(level: LogLevel, recent?: Recent): Log {
  function logMethod(this: Log, args: Parameters<LogFn>, write: LogFn, number: number): void {
    if (number >= WORTH_SEEING) recent?.add(number, args);
    write.apply(this, args);
  }
  const options = { level, base: { pid: process.pid }, hooks: { logMethod } };
  return pino(options, pino.destination({ fd: 1, sync: true }));
}
