import type { Connection } from '../net/connection.js';

/** A message that the bus brought, see Receive. */
export interface Arrival {
  readonly message: Buffer;
  readonly taken: () => void;
}

/**
 * Who is logged in on this node: user id -> connection. A user is `arriving` while its login is under way:
 * what the bus brings for it is held until the login reply is on its way.
 */
export class Sessions {
  /** Users whose channels could not be subscribed because the bus was away. */
  readonly unheard = new Set<number>();

  private readonly here = new Map<number, Connection>();
  private readonly arriving = new Map<number, Arrival[]>();
  private readonly turns = new Map<number, Promise<unknown>>();

  /** The connection of a user who is logged in here. */
  get(userid: number): Connection | undefined {
    return this.here.get(userid);
  }

  /** The ids of all users who are logged in here. */
  users(): number[] {
    return [...this.here.keys()];
  }

  /** Whether the user is logged in here, or about to be. */
  has(userid: number): boolean {
    return this.here.has(userid) || this.arriving.has(userid);
  }

  /** From now on the bus may bring messages for this user. */
  expect(userid: number): void {
    this.arriving.set(userid, []);
  }

  /** Holds a message for a user who is arriving. False when the user is not. */
  hold(userid: number, arrival: Arrival): boolean {
    const held = this.arriving.get(userid);
    held?.push(arrival);
    return held !== undefined;
  }

  /** Ends the arrival; returns what was held meanwhile. With a connection the user is here now. */
  settle(userid: number, connection?: Connection): readonly Arrival[] {
    const held = this.arriving.get(userid) ?? [];
    this.arriving.delete(userid);
    if (connection !== undefined) {
      this.here.set(userid, connection);
      connection.users.add(userid);
    }
    return held;
  }

  /** The user is no longer here, and no longer logged in on its connection. */
  remove(userid: number): void {
    this.here.get(userid)?.users.delete(userid);
    this.here.delete(userid);
    this.unheard.delete(userid);
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
}
