import { type Finding, fine, warning } from './finding.js';

/** A difference of at most this many seconds is not noticed by anybody. */
const APART = 2;

/** Whether this machine's clock and the database's agree; both times in seconds since 1970. */
export function clock(databaseTime: number, ownTime = Date.now() / 1000): Finding {
  const seconds = Math.round(Math.abs(ownTime - databaseTime));
  if (seconds <= APART) return fine('clock', 'agrees with that of the database');
  return warning(
    'clock',
    `${seconds} s apart from that of the database`,
    'let both machines keep their time (NTP)',
  );
}
