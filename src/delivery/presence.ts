import type { Account } from '../net/budget.js';
import { Session } from './session.js';
import type { Trace } from './trace.js';

/** The users who are on this node. */
export class Presence {
  /** For users who have left: a promise for the deletion of messages that were stored and have left all the same. */
  readonly owed = new Map<Session, Promise<void>>();
  private readonly sessions = new Map<number, Session>();
  private readonly work = new Map<number, Promise<unknown>>();
  private readonly departures = new Set<Promise<unknown>>();
  private readonly nobody: Account;

  private readonly trace: Trace | undefined;

  /** @param nobody the account of messages whose senders are not known any more */
  constructor(nobody: Account, trace?: Trace) {
    this.nobody = nobody;
    this.trace = trace;
  }

  /** The session of a user; undefined when it is away. */
  get(userid: number): Session | undefined {
    return this.sessions.get(userid);
  }

  /** How many users are not away. */
  get size(): number {
    return this.sessions.size;
  }

  /** The ids of all users who are not away. */
  get userids(): number[] {
    return [...this.sessions.keys()];
  }

  /** All users who are not away. */
  all(): Session[] {
    return [...this.sessions.values()];
  }

  /** Whether the user is logged in here. */
  isOnline(userid: number): boolean {
    return this.sessions.get(userid)?.isOnline === true;
  }

  /** Messages for these users are in the store now, or may be: those who are here shall have them. */
  noteStored(userids: Iterable<number>, unread: 'yes' | 'perhaps' = 'yes'): void {
    for (const userid of userids) this.sessions.get(userid)?.noteStored(unread);
  }

  /** away -> arriving. */
  arrive(userid: number): Session {
    const session = new Session(userid, this.nobody, this.trace);
    this.sessions.set(userid, session);
    return session;
  }

  /** arriving or leaving -> away. */
  forget(session: Session): void {
    if (this.sessions.get(session.id) === session) this.sessions.delete(session.id);
  }

  /** Runs `work` after everything else that was asked for the same user: logins and leaves never mix. */
  oneAtATime<T>(userid: number, work: () => Promise<T>): Promise<T> {
    const before = this.work.get(userid) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.work.set(userid, mine);
    const done = () => {
      if (this.work.get(userid) === mine) this.work.delete(userid);
    };
    mine.then(done, done);
    return mine;
  }

  /** A user is going: `quiet` waits for it, also before its turn has come. */
  async going(departure: Promise<void>): Promise<void> {
    this.departures.add(departure);
    await departure.finally(() => this.departures.delete(departure));
  }

  /** Resolves when everything that was asked for any user is done. */
  async quiet(): Promise<void> {
    while (this.work.size + this.departures.size > 0)
      await Promise.allSettled([...this.work.values(), ...this.departures]);
  }
}
