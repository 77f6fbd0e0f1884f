import type { QueryError } from 'mysql2';
import { isLocked, isRefusal, isStatementLogged, NoAnswer, reason } from '../store/mysql/failure.js';
import type { Watch } from '../store/mysql/watch.js';
import { Folded } from './folded.js';
import type { Health } from './health.js';
import type { Log } from './log.js';

/** Such a row is there already. */
const DUPLICATE = 1062;

/** The reason for refused rows. The database's own message would show their values. */
const REASONS: Readonly<Record<number, string>> = {
  1300: 'the text is none of the charset',
  1366: 'the charset of the column does not have the text',
  1406: 'the text is too long for the column',
};

/** Logs when a MySQL database goes away and comes back, and which rows it refuses. */
export class DatabaseWatch implements Watch {
  private readonly health: Health;
  private readonly log: Log;
  private readonly refusals: Folded;

  constructor(health: Health, log: Log) {
    this.health = health;
    this.log = log;
    this.refusals = new Folded(log);
  }

  worked(): void {
    this.health.worked();
  }

  failed(error: unknown): void {
    const { errno = 0, sqlState, fatal } = error as Partial<QueryError>;
    // The store tries these again, in another way.
    if (isLocked(error) || isStatementLogged(error)) return;
    if (isRefusal(error)) this.refused(errno, String((error as Error).message));
    else if (sqlState !== undefined || fatal || error instanceof NoAnswer) this.health.failed(reason(error));
  }

  private refused(errno: number, message: string): void {
    if (errno === DUPLICATE) {
      this.log.debug('the database has such a row already');
      return;
    }
    const column = /.* for column (\S+) at row \d+$/s.exec(message)?.[1]?.replaceAll(/[`']/g, '');
    const why = REASONS[errno] ?? `error ${errno}`;
    this.refusals.add({ column, reason: why }, 'the database refused a row');
  }
}
