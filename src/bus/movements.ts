import { type Flushable, flushLater } from '../net/flusher.js';

/** At most so many users are in one frame. */
const TOGETHER = 1000;

/** Says who has come to this node and who has left it, and whom it has let in. */
export interface Teller {
  moved(came: readonly number[], left: readonly number[]): void;
  owned(userids: readonly number[]): void;
}

/**
 * Who comes, goes and is let in during one turn of the event loop: the other nodes hear of all of them in one frame.
 * With a frame for each user, a login on one of four workers costs more there and at its peers than the login itself
 * does at one process.
 *
 * 1. What is told here is said at the end of the turn, or at `flush`: whoever says something else to other nodes calls
 *    that before, so that everything is heard in the order in which it was told.
 * 2. A frame has a user once: a user who comes, leaves and comes again in one turn is in three frames.
 */
export class Movements implements Flushable {
  private readonly coming = new Set<number>();
  private readonly leaving = new Set<number>();
  private readonly letIn = new Set<number>();
  private readonly teller: Teller;
  private planned = false;
  private said: Promise<void> | undefined;
  private tell: () => void = () => {};

  constructor(teller: Teller) {
    this.teller = teller;
  }

  /** The user comes to this node. Resolves when that is said. */
  came(userid: number): Promise<void> {
    if (this.leaving.has(userid) || this.letIn.has(userid)) this.flush();
    return this.note(this.coming, userid);
  }

  /** The user has left this node. Resolves when that is said. */
  left(userid: number): Promise<void> {
    if (this.coming.has(userid) || this.letIn.has(userid)) this.flush();
    return this.note(this.leaving, userid);
  }

  /** The user, who came before, is let in here. */
  owned(userid: number): void {
    if (this.leaving.has(userid)) this.flush();
    void this.note(this.letIn, userid);
  }

  /** Says at once what is still to be said. */
  flush(): void {
    this.planned = false;
    if (this.said === undefined) return;
    this.said = undefined;
    const [came, left, owned] = [takeAll(this.coming), takeAll(this.leaving), takeAll(this.letIn)];
    if (came.length + left.length > 0) this.teller.moved(came, left);
    if (owned.length > 0) this.teller.owned(owned);
    this.tell();
  }

  private note(list: Set<number>, userid: number): Promise<void> {
    if (list.size === TOGETHER) this.flush();
    list.add(userid);
    if (!this.planned) flushLater(this);
    this.planned = true;
    this.said ??= new Promise((resolve) => {
      this.tell = resolve;
    });
    return this.said;
  }
}

function takeAll(list: Set<number>): number[] {
  const all = [...list];
  list.clear();
  return all;
}
