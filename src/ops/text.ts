import { pino } from 'pino';
import { readable } from './readable.js';

/** The fields that every event has besides its own. */
interface Event {
  readonly time: number;
  readonly level: number;
  readonly msg: string;
  readonly pid: number;
  readonly node?: string;
  readonly err?: { readonly message: string; readonly stack: string };
}

/** An unexpected error is shown with where it came from. */
const WITH_STACK = 50;
const WIDTH = 5;

/** One event of the log, given as JSON, for a person: `16:30:02 warn  Redis is away (reason: ECONNREFUSED)`. */
export function asText(line: string): string {
  const { time, level, msg, pid, node, ...fields } = JSON.parse(line) as Event;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const name = (pino.levels.labels[level] ?? '').padEnd(WIDTH);
  const about = readable(fields);
  const stack = level >= WITH_STACK && fields.err !== undefined ? `${fields.err.stack}\n` : '';
  return `${clock} ${name} ${msg}${about && ` (${about})`}\n${stack}`;
}
