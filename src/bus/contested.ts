import { guarded } from '../net/guard.js';

/** Two nodes that both say that a user is theirs repeat it at most once in this time, in ms. */
const PAUSE = 1000;
/** When a node has said it five times in a row, both have let the user in: one of them lets the user go. */
const MOST = 5;

/** The node, as Contested asks it and makes it act for users whom another node names as its own. */
export interface Contest {
  isHere(userid: number): boolean;
  /** Says to all nodes that these users are here. */
  say(userids: readonly number[]): void;
  /** Lets a user go who is on another node, too. */
  letGo(userid: number): void;
}

interface Entry {
  readonly userid: number;
  /** How often in a row the user was said to be here. */
  count: number;
  /** Another node has named it since. */
  isNamed: boolean;
  /** No other node had named it when the last pause was over. */
  wasSilent: boolean;
  /** Whether this node keeps the user when the contest does not end. */
  keeps: boolean;
}

const NEW = { count: 0, isNamed: false, wasSilent: false };

/**
 * Users of this node whom other nodes name as theirs: two nodes tried to log a user in, and it is on the one that kept
 * it. That one says so, at once. Without a pause behind it two nodes that both have let a user in, as they could not
 * hear each other, would answer each other for ever, as fast as they can.
 */
export class Contested {
  private readonly entries = new Map<number, Entry>();
  private readonly contest: Contest;
  private readonly pause: number;

  /** @param pause in ms */
  constructor(contest: Contest, pause = PAUSE) {
    this.contest = contest;
    this.pause = pause;
  }

  /**
   * Another node has named users who are here.
   *
   * @param keeps whether this node keeps them when the other one does not let them go
   */
  named(userids: readonly number[], keeps: boolean): void {
    const fresh: Entry[] = [];
    for (const userid of userids) {
      const entry = this.entries.get(userid) ?? { ...NEW, userid, keeps };
      if (entry.count === 0) fresh.push(entry);
      entry.isNamed = true;
      entry.keeps = keeps;
      this.entries.set(userid, entry);
    }
    this.say(fresh);
  }

  /** Another node has let go of users who are here: the third ones hear at once where they are. */
  left(userids: readonly number[]): void {
    for (const userid of userids) this.entries.delete(userid);
    if (userids.length > 0) this.contest.say(userids);
  }

  private say(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) {
      entry.count++;
      entry.isNamed = false;
      entry.wasSilent = false;
    }
    this.contest.say(entries.map(({ userid }) => userid));
    this.wait(entries);
  }

  private wait(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    setTimeout(
      guarded('users on two nodes', () => this.sayAgain(entries)),
      this.pause,
    ).unref();
  }

  /**
   * A node that is silent for one pause may be about to speak: its pause began when it heard this one, so that its word
   * comes at the moment in which the pause here is over. Without a second one each would begin to count anew, for ever.
   */
  private sayAgain(entries: readonly Entry[]): void {
    const going = entries.filter((entry) => this.entries.get(entry.userid) === entry);
    const here = going.filter(({ userid }) => this.contest.isHere(userid));
    const named = here.filter(({ isNamed }) => isNamed);
    const goOn = named.filter(({ count, keeps }) => count < MOST || keeps);
    const silent = here.filter(({ isNamed, wasSilent }) => !isNamed && !wasSilent);
    for (const entry of silent) entry.wasSilent = true;
    const stay = new Set([...goOn, ...silent]);
    for (const entry of going) if (!stay.has(entry)) this.entries.delete(entry.userid);
    for (const entry of named) if (!stay.has(entry)) this.contest.letGo(entry.userid);
    this.say(goOn);
    this.wait(silent);
  }
}
