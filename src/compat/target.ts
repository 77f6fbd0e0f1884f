import type { Dialect } from '../protocol/dialect.js';
import type { Farewell } from './finding.js';
import type { Limits } from './limits.js';
import type { Place } from './replay/party.js';
import type { Habits } from './speaker.js';
import type { Database } from './tables/database.js';

/** A server under test, and what else may be used of it. */
export interface Target {
  readonly place: Place;
  readonly dialect: Dialect;
  readonly limits: Limits;
  /** Found out before the first case. */
  habits: Habits;
  /** Chooses among many inputs of a kind. */
  readonly seed: number;
  /** Another node on the same database. */
  readonly second?: Place | undefined;
  /** Its tables, which may be emptied. */
  readonly database?: Database | undefined;
  /** Its process, where the tool has started it. */
  readonly process?: TargetProcess | undefined;
}

/** The server's own process. */
export interface TargetProcess {
  /** Starts it when it does not run. Resolves when it listens. */
  start(): Promise<void>;
  /** Ends it by SIGINT. Resolves with its exit status, or the signal that ended it. */
  interrupt(): Promise<number | string>;
  /** Waits so many milliseconds for its end, and then ends it at once (SIGKILL). */
  kill(patience?: number): Promise<Farewell>;
}

/** A place as it is written. */
export function written({ host = '127.0.0.1', port }: Place): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
