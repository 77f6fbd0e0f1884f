import { type LogFn, type Logger, pino } from 'pino';
import { harmless } from './harmless.js';
import type { Recent } from './recent.js';
import { Sink } from './sink.js';

export type Log = Logger;
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** From this level on a person should see it: pino's `warn`. */
const WORTH_SEEING = 40;

/** A field with this name marks a line that ends a warning: whoever saw the warning should see it, too. */
export const SEEN = Symbol('ends a warning');

function isMarked(fields: unknown): boolean {
  return typeof fields === 'object' && fields !== null && SEEN in fields;
}

/**
 * A log of one line per event.
 *
 * @param recent gets the warnings and errors, too
 * @param sink JSON on standard output unless given
 * @param name of the node, for the lines of JSON
 */
export function openLog(
  level: LogLevel,
  recent?: Recent,
  sink: Pick<Sink, 'write'> = new Sink(),
  name?: string,
): Log {
  function logMethod(this: Log, args: Parameters<LogFn>, write: LogFn, number: number): void {
    const shown = harmless(args) as Parameters<LogFn>;
    if (number >= WORTH_SEEING || isMarked(args[0])) recent?.add(number, shown);
    write.apply(this, shown);
  }
  // An error is a few fields already.
  const serializers = { err: (error: unknown) => error };
  const options = {
    level,
    base: { pid: process.pid, ...(name !== undefined && { node: name }) },
    hooks: { logMethod },
    serializers,
  };
  return pino(options, sink);
}
