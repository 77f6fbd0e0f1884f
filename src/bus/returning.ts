import { InTurn } from '../net/in-turn.js';
import type { Message } from './message.js';

/** Who is given back what did not arrive. */
export interface Owner {
  /** Messages that were on their way to a user and did not arrive: to be delivered anew, before all others for it. */
  returned(userid: number, messages: readonly Message[]): void;

  /** The user may be reached in another way now. */
  reachChanged(userid: number): void;
}

/**
 * Messages that were on their way and did not arrive. A node that dies may have had those of tens of thousands of users:
 * they come back for some users in each turn of the event loop, as all at once they would hold up everybody else.
 *
 * 1. What comes back for one user comes back in order, also when it was added at different moments.
 * 2. Until it has, nothing newer may go to the user: whoever sends asks `has`.
 */
export class Returning {
  private readonly byUser = new Map<number, readonly Message[]>();
  private readonly turns = new InTurn('messages that come back');
  private readonly owner: () => Owner;
  private readonly onDone: () => void;

  /** @param onDone called when all messages have come back */
  constructor(owner: () => Owner, onDone: () => void) {
    this.owner = owner;
    this.onDone = onDone;
  }

  /** Whether any messages come back. */
  get any(): boolean {
    return this.byUser.size > 0;
  }

  /** Whether messages for a user come back. */
  has(userid: number): boolean {
    return this.byUser.has(userid);
  }

  /** Gives messages back soon, behind those for the same user that come back already; and tells that its reach has changed. */
  add(userid: number, messages: readonly Message[]): void {
    const before = this.byUser.get(userid);
    this.byUser.set(userid, [...(before ?? []), ...messages]);
    if (before === undefined) this.turns.add(() => this.giveBack(userid));
  }

  /** Resolves when all messages have come back. */
  done(): Promise<void> {
    return this.turns.done();
  }

  private giveBack(userid: number): void {
    const messages = this.byUser.get(userid) ?? [];
    this.byUser.delete(userid);
    const owner = this.owner();
    if (messages.length > 0) owner.returned(userid, messages);
    owner.reachChanged(userid);
    if (!this.any) this.onDone();
  }
}
