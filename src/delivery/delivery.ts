import { setImmediate as turn } from 'node:timers/promises';
import type { Letter } from '../bus/letter.js';
import type { Charge } from '../net/budget.js';
import type { Outcome } from '../ops/metrics.js';
import type { UserState } from '../store/store.js';
import { Empty } from './fates.js';
import { Guest, Kept, Overheard } from './kept.js';
import { Lines, type LinesParts } from './lines.js';
import type { Presence } from './presence.js';
import type { Session } from './session.js';
import type { Spool } from './spool.js';
import type { Trace } from './trace.js';
import type { Writer } from './writer.js';

export interface DeliveryParts extends LinesParts {
  /** Whom messages are charged to that have no sender here. */
  readonly nobody: Charge;
}

/** Whom a message goes to, with a state where it was asked for. */
export interface Addressee {
  readonly id: number;
  readonly state?: UserState;
}

/** Brings a message to its user: here, on another node, or stored. The one place that decides it. */
export class Delivery {
  /** What waits for its users. */
  readonly lines: Lines;
  private readonly presence: Presence;
  private readonly writer: Writer;
  private readonly spool: Spool | undefined;
  private readonly nobody: Charge;
  private readonly trace: Trace | undefined;
  private readonly outcomes: Record<Outcome, number>;
  private readonly onBehind: (session: Session) => void;

  /** @param onBehind a user who was live must be caught up from now on */
  constructor(parts: DeliveryParts, onBehind: (session: Session) => void) {
    this.lines = new Lines(parts, (session) => this.fallBehind(session));
    this.presence = parts.presence;
    this.writer = parts.writer;
    this.spool = parts.spool;
    this.nobody = parts.nobody;
    this.trace = parts.trace;
    this.outcomes = parts.outcomes;
    this.onBehind = onBehind;
  }

  /** How many messages are on their way into the store. */
  get writing(): number {
    return this.writer.length;
  }

  /** How many messages wait, those on their way into the store too. */
  get kept(): number {
    return this.writer.length + this.lines.length;
  }

  /** All that `kept` counts, in the order in which it goes on to its users. */
  *waiting(): Iterable<readonly [userid: number, letter: Letter]> {
    yield* this.writer.all();
    yield* this.lines.all();
  }

  /**
   * Delivers to a user wherever it is, without asking the database (DIFFERENCES 9).
   * Returns nothing, or a promise for when the sender may send more: too much is kept for it.
   */
  deliver(userid: number, message: Buffer, charge: Charge): void | Promise<void> {
    if (this.giveHere(userid, message)) return;
    this.lines.add(userid, new Kept(message, charge));
    return charge.room();
  }

  /** Delivers what a former process of this node left in the spool. Returns how many messages that are. */
  async deliverLeft(): Promise<number> {
    let count = 0;
    for (const page of this.spool?.left() ?? []) {
      for (const filed of page) {
        const letter = new Kept(filed.bytes, this.nobody);
        this.spool?.adopt(letter, filed);
        this.lines.add(filed.userid, letter);
      }
      count += page.length;
      await turn();
    }
    return count;
  }

  /**
   * Delivers to members of a group; for those who are offline and not here it is stored. Returns those who are neither
   * here nor on a node that takes it now: without a state nothing was done for them.
   */
  deliverAll(members: readonly Addressee[], message: Buffer, charge: Charge): Addressee[] {
    const open: number[] = [];
    const far: Addressee[] = [];
    for (const member of members) {
      if (this.giveHere(member.id, message)) continue;
      if (this.lines.isOpen(member.id)) open.push(member.id);
      else far.push(member);
    }
    if (open.length > 0) this.lines.send(open, new Kept(message, charge, open.length));
    const known = far.filter(({ state }) => state !== undefined);
    if (known.length === 0) return far;
    const letter = new Kept(message, charge, known.length);
    for (const { id, state } of known) {
      if (state === 'online' || this.presence.get(id) !== undefined) this.lines.add(id, letter);
      else this.lines.storeNext(id, letter);
    }
    return far;
  }

  /** Takes a message from another node of ours. False when its user is not here. */
  receive(userid: number, received: Letter): boolean {
    const session = this.presence.get(userid);
    if (session === undefined) return false;
    this.trace?.('came from another node', userid, received.bytes);
    const letter = this.spool === undefined ? received : new Guest(received);
    if (session.state === 'live') session.give(letter);
    else this.lines.add(userid, letter);
    return true;
  }

  /** Takes a message that was published for a user of this node (PROTOCOL.md section 6). */
  receiveUnconfirmed(userid: number, message: Buffer): void {
    this.trace?.('came on the channel of its user', userid, message);
    if (this.giveHere(userid, message)) return;
    const letter = new Overheard(message, this.nobody);
    if (this.presence.get(userid) === undefined) this.lines.storeNext(userid, letter);
    else this.lines.add(userid, letter);
  }

  /** Tells the letter once all that came for the user so far has left or is stored. False when it is not here. */
  confirm(userid: number, letter: Letter): boolean {
    const session = this.presence.get(userid);
    const empty = new Empty(letter);
    if (session === undefined) return this.lines.follow(userid, empty);
    if (session.state === 'live') session.give(empty);
    else this.lines.push(userid, empty);
    return true;
  }

  /** Messages that were on their way and did not arrive: before all others for their user. */
  returned(userid: number, letters: readonly Letter[]): void {
    if (letters.length === 0) return;
    this.lines.putBack(userid, letters);
    this.lines.pump(userid);
  }

  /** draining -> leaving: from now on messages for the user are stored, first those that its connection did not send. */
  leave(session: Session): void {
    this.returned(session.id, session.leave());
    this.lines.pump(session.id);
  }

  /** Gives the first of what waits for a user to its connection: so many bytes, give or take one. */
  giveWaiting(session: Session, bytes: number): void {
    for (const letter of this.lines.takeFirst(session.id, bytes)) session.give(letter);
  }

  /**
   * Stores all that waits for a user who reads too slowly. What its connection has not taken yet is older, so it is
   * stored first, and deleted when it has left all the same.
   */
  spill(session: Session): Promise<void> {
    this.lines.putBack(session.id, session.spill());
    return this.lines.storeWaiting(session.id);
  }

  /** live -> catchingUp, for a user who reads too slowly, or for whom something older is elsewhere. */
  fallBehind(session: Session): void {
    if (session.fallBehind()) this.onBehind(session);
  }

  /** Messages for these users are in the store now, or may be: those who are here shall have them. */
  noteStored(userids: Iterable<number>, unread: 'yes' | 'perhaps' = 'yes'): void {
    for (const userid of userids) {
      const session = this.presence.get(userid);
      if (session === undefined) continue;
      session.markUnread(unread);
      this.fallBehind(session);
      session.changed.tell();
    }
  }

  private giveHere(userid: number, message: Buffer): boolean {
    if (this.presence.get(userid)?.send(message) !== true) return false;
    this.outcomes.here++;
    return true;
  }
}
