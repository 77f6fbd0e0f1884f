/** Accounts that nobody may log in to for some time. Only this process knows of them: its end forgets them. */
export class Bans {
  private readonly until = new Map<number, number>();
  private readonly now: () => number;

  /** @param now a clock, in ms */
  constructor(now = () => performance.now()) {
    this.now = now;
  }

  /** From now on nobody may log in to the account for this time in ms, whatever was said before. */
  add(userid: number, ms: number): void {
    for (const banned of [...this.until.keys()]) this.has(banned);
    this.until.set(userid, this.now() + ms);
  }

  has(userid: number): boolean {
    const until = this.until.get(userid);
    if (until === undefined) return false;
    if (this.now() < until) return true;
    this.until.delete(userid);
    return false;
  }

  /** How many accounts are kept; those whose time is up may be among them. */
  get size(): number {
    return this.until.size;
  }
}
