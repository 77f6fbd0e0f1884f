import type { Letter } from '../bus/letter.js';
import type { Fate } from '../net/batch.js';
import type { Connection } from '../net/connection.js';

/*
 * Where a user is, as this node sees it. A user without an entry is away: on another node, or nowhere.
 *
 * state     | its connection      | a message for it          | ends
 * ----------|---------------------|---------------------------|--------------------------------------------------
 * (away)    | none                | goes elsewhere            | a login with the right password: arriving
 * arriving  | none yet            | waits in its line         | the login reply is sent: behind; refused: away
 * behind    | reads               | waits in its line         | nothing older is left anywhere: here
 * here      | reads               | goes out at once          | reads too slowly, or something is stored: behind
 * leaving   | logged out or gone  | is stored                 | its line is empty, it is set offline: away
 *
 * `here` and `behind` both become `leaving` when the user logs out or its connection closes. All that waits on the
 * database or the bus to bring a user in or out happens in the user's turn, one thing at a time.
 */
export type State = 'arriving' | 'behind' | 'here' | 'leaving';

/** A user who is not away. */
export class Present {
  readonly id: number;
  state: State = 'arriving';
  connection: Connection | undefined;
  /** Something may be stored for the user that it was not sent yet. */
  unread = false;
  /** What becomes of messages that go straight to its connection. */
  fate: Fate | undefined;
  /** Messages that its connection had not sent when it closed. */
  unsent: Letter[] = [];
  /** Its connection does not take what waits for it. */
  slow = false;
  /** Messages that had to be stored before they left, and have left: still to be deleted. */
  leftStored: string[] = [];
  /** While it catches up: resolves when it has, or leaves. */
  catchingUp: Promise<void> | undefined;
  /** Called when there may be something new to do for it. */
  wake: () => void = () => {};

  constructor(id: number) {
    this.id = id;
  }
}

/** Who is on this node, and in which state. */
export class Presence {
  private readonly present = new Map<number, Present>();
  private readonly turns = new Map<number, Promise<unknown>>();

  get(userid: number): Present | undefined {
    return this.present.get(userid);
  }

  /** All users who are not away. */
  all(): Present[] {
    return [...this.present.values()];
  }

  /** Whether the user is logged in here. */
  isHere(userid: number): boolean {
    const state = this.present.get(userid)?.state;
    return state === 'here' || state === 'behind';
  }

  /** away -> arriving. */
  arrive(userid: number): Present {
    const user = new Present(userid);
    this.present.set(userid, user);
    return user;
  }

  /** arriving -> behind: its login reply has been sent. */
  enter(user: Present, connection: Connection): void {
    user.state = 'behind';
    user.connection = connection;
    connection.users.add(user.id);
  }

  /** here -> behind: from now on messages wait in its line. False when it was not here. */
  fallBehind(user: Present): boolean {
    if (user.state !== 'here') return false;
    user.state = 'behind';
    return true;
  }

  /** behind -> here. */
  caughtUp(user: Present): void {
    user.state = 'here';
  }

  /** here or behind -> leaving. */
  leave(user: Present): void {
    user.connection?.users.delete(user.id);
    user.state = 'leaving';
    user.wake();
  }

  /** arriving or leaving -> away. */
  forget(user: Present): void {
    if (this.present.get(user.id) === user) this.present.delete(user.id);
  }

  /** Runs `work` after everything else that was asked for the same user: logins and leaves never mix. */
  turn<T>(userid: number, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(userid) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.turns.set(userid, mine);
    const done = () => {
      if (this.turns.get(userid) === mine) this.turns.delete(userid);
    };
    mine.then(done, done);
    return mine;
  }

  /** Resolves when everything that was asked for any user is done. */
  async quiet(): Promise<void> {
    while (this.turns.size > 0) await Promise.allSettled(this.turns.values());
  }
}
