import type { Ban } from '../bus/wire.js';

/** While at most 100 accounts are banned, all of them are looked at whenever one is added. */
const FEW = 100;

/**
 * Accounts that nobody may log in to for some time. The nodes tell each other; only their processes know of them, so
 * that the end of the last one forgets them.
 */
export class Bans {
  private readonly until = new Map<number, number>();
  /** At this number of accounts those whose time is up are forgotten. */
  private most = 0;
  private readonly now: () => number;

  /** @param now a clock, in ms */
  constructor(now = () => performance.now()) {
    this.now = now;
  }

  /**
   * From now on nobody may log in to the account for `seconds`.
   *
   * @param still a longer time that was said before holds; or else this is the last word
   */
  add({ userid, seconds }: Ban, still = false): void {
    if (this.until.size >= this.most) this.forgetOver();
    const until = this.now() + seconds * 1000;
    this.until.set(userid, still ? Math.max(until, this.until.get(userid) ?? until) : until);
  }

  has(userid: number): boolean {
    const until = this.until.get(userid);
    return until !== undefined && this.now() < until;
  }

  /** All of them, each with the rest of its time. */
  all(): Ban[] {
    this.forgetOver();
    const now = this.now();
    return [...this.until].map(([userid, until]) => ({ userid, seconds: Math.ceil((until - now) / 1000) }));
  }

  /** To look at all of them for each that is added would take seconds for 16,000 that another node tells of. */
  private forgetOver(): void {
    for (const userid of this.until.keys()) if (!this.has(userid)) this.until.delete(userid);
    const { size } = this.until;
    this.most = size < FEW ? 0 : 2 * size;
  }

  /** How many accounts are kept; those whose time is up may be among them. */
  get size(): number {
    return this.until.size;
  }
}
