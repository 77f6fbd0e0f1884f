import { type Logger, pino } from 'pino';

export type Log = Logger;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One JSON line per event on standard output, written at once so that nothing is missing after a crash. */
export function openLog(level: LogLevel): Log {
  return pino({ level, base: { pid: process.pid } }, pino.destination({ fd: 1, sync: true }));
}
