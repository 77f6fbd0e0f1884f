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
  private readonly handovers = new Map<number, Promise<void>>();

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
    keep(this.turns, userid, mine);
    return mine;
  }

  /** Notes that stored messages are on their way to the user, until `done`, which never rejects. */
  handOver(userid: number, done: Promise<void>): void {
    keep(this.handovers, userid, done);
  }

  /** While stored messages are on their way to the user: resolves when they are no more. */
  handingOver(userid: number): Promise<void> | undefined {
    return this.handovers.get(userid);
  }

  /** Resolves when everything that was asked for any user is done. */
  async quiet(): Promise<void> {
    while (this.turns.size + this.handovers.size > 0) {
      await Promise.allSettled([...this.turns.values(), ...this.handovers.values()]);
    }
  }
}

/** Keeps the promise until it is settled or replaced. */
function keep<T>(promises: Map<number, Promise<T>>, userid: number, promise: Promise<T>): void {
  promises.set(userid, promise);
  const done = () => {
    if (promises.get(userid) === promise) promises.delete(userid);
  };
  promise.then(done, done);
}
