import { Refused } from './refused.js';

const HOUR = 3_600_000;

/** So many accounts are remembered; then the one that has made nothing for the longest time is forgotten. */
const MOST_ACCOUNTS = 100_000;

interface Hour {
  count: number;
  readonly until: number;
}

/** How many groups each account has made within an hour, whatever connections it made them on. */
export class Hourly {
  private readonly hours = new Map<number, Hour>();
  private readonly limit: number;
  private readonly now: () => number;

  /**
   * @param limit the most in an hour; 0 for no limit
   * @param now milliseconds of a clock that is never set
   */
  constructor(limit: number, now = () => performance.now()) {
    this.limit = limit;
    this.now = now;
  }

  /** Throws Refused when the account has made as many as it may. */
  check(userid: number): void {
    if (this.limit > 0 && this.current(userid).count >= this.limit)
      throw new Refused('too many groups in an hour');
  }

  /** The account has made one. */
  made(userid: number): void {
    if (this.limit === 0) return;
    const hour = this.current(userid);
    hour.count++;
    this.hours.delete(userid);
    this.hours.set(userid, hour);
    if (this.hours.size <= MOST_ACCOUNTS) return;
    for (const oldest of this.hours.keys()) {
      this.hours.delete(oldest);
      return;
    }
  }

  private current(userid: number): Hour {
    const now = this.now();
    const hour = this.hours.get(userid);
    return hour !== undefined && now < hour.until ? hour : { count: 0, until: now + HOUR };
  }
}
