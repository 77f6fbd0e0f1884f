import type { Bus } from '../bus/bus.js';
import { costOf, type Letter } from '../bus/letter.js';
import type { Fate } from '../net/batch.js';
import type { Charge } from '../net/budget.js';
import type { Outcome } from '../ops/metrics.js';
import type { Member } from '../store/store.js';
import { Kept } from './kept.js';
import type { Presence, Present } from './presence.js';
import type { Writer } from './writer.js';

/** Users whose node is an original one, as far as is known; then all are forgotten and found out again. */
const MOST_FOREIGN = 100_000;

/** Messages for one user that could not go on yet, oldest first. */
class Line {
  /** When something began to wait, by `performance.now()`. */
  readonly since = performance.now();
  letters: Letter[] = [];
  bytes = 0;
  /** The first of its messages are being published or stored; all others stay behind them. */
  busy = false;
  /** Told when it is not busy any more. */
  calm: (() => void)[] = [];

  push(letter: Letter): void {
    this.letters.push(letter);
    this.bytes += costOf(letter);
  }

  take(): Letter[] {
    const { letters } = this;
    this.letters = [];
    this.bytes = 0;
    return letters;
  }

  putBack(letters: readonly Letter[]): void {
    this.letters = [...letters, ...this.letters];
    for (const letter of letters) this.bytes += costOf(letter);
  }
}

export interface DeliveryParts {
  readonly presence: Presence;
  readonly bus: Bus;
  readonly writer: Writer;
  /** Whom messages are charged to that have no sender here. */
  readonly nobody: Charge;
  /** How many messages went which way, per user. */
  readonly outcomes: Record<Outcome, number>;
}

/**
 * Brings a message to its user: here, on another node, or stored. The one place that decides it.
 *
 * A message that cannot go on waits in its user's line, and all later ones for that user behind it. It leaves the
 * line when it is given to the next place that keeps it: an outbox, a link, the store.
 */
export class Delivery {
  private readonly lines = new Map<number, Line>();
  private readonly foreign = new Set<number>();
  private readonly presence: Presence;
  private readonly bus: Bus;
  private readonly writer: Writer;
  private readonly nobody: Charge;
  private readonly outcomes: Record<Outcome, number>;
  private readonly onBehind: (user: Present) => void;

  /** @param onBehind a user who is here must be caught up from now on */
  constructor({ presence, bus, writer, nobody, outcomes }: DeliveryParts, onBehind: (user: Present) => void) {
    this.presence = presence;
    this.bus = bus;
    this.writer = writer;
    this.nobody = nobody;
    this.outcomes = outcomes;
    this.onBehind = onBehind;
  }

  /**
   * Delivers to a user wherever it is, without asking the database (DIFFERENCES 9).
   * Returns nothing, or a promise for when the sender may send more: too much is kept for it.
   */
  deliver(userid: number, message: Buffer, charge: Charge): void | Promise<void> {
    if (this.giveHere(userid, message)) return;
    this.carry(userid, new Kept(message, charge));
    return charge.room();
  }

  /** Delivers to members of a group; for those who are offline and not here it is stored. Returns as deliver does. */
  deliverAll(members: readonly Member[], message: Buffer, charge: Charge): void | Promise<void> {
    const others = members.filter(({ id }) => !this.giveHere(id, message));
    if (others.length === 0) return;
    const letter = new Kept(message, charge, others.length);
    const open: number[] = [];
    for (const { id, state } of others) {
      if (this.isOpen(id)) open.push(id);
      else if (state === 'online' || this.presence.get(id) !== undefined) this.carry(id, letter);
      else this.storeNext(id, letter);
    }
    this.outcomes.elsewhere += open.length;
    this.bus.send(open, letter);
    return charge.room();
  }

  /** Takes a message from another node of ours. False when its user is not here. */
  receive(userid: number, letter: Letter): boolean {
    const user = this.presence.get(userid);
    if (user === undefined) return false;
    if (user.state === 'here' && user.connection?.send(letter.bytes, new Carried(this, user, letter)))
      return true;
    this.carry(userid, letter);
    return true;
  }

  /** Takes a message that was published for a user of this node (PROTOCOL.md section 6). */
  receiveUnconfirmed(userid: number, message: Buffer): void {
    if (this.giveHere(userid, message)) return;
    const letter = new Kept(message, this.nobody);
    if (this.presence.get(userid) === undefined) this.storeNext(userid, letter);
    else this.carry(userid, letter);
  }

  /** See BusEvents. */
  confirm(userid: number, letter: Letter): boolean {
    const user = this.presence.get(userid);
    if (user === undefined) return false;
    const empty = new Empty(letter);
    if (user.state === 'here' && user.connection?.send(empty.bytes, new Carried(this, user, empty)))
      return true;
    this.lineOf(userid).push(empty);
    return true;
  }

  /** Messages that were on their way and did not arrive: before all others for their user. */
  returned(userid: number, letters: readonly Letter[]): void {
    if (letters.length === 0) return;
    this.lineOf(userid).putBack(letters);
    this.pump(userid);
  }

  /** A message had not left when its connection ended. */
  unsent(user: Present, letter: Letter): void {
    if (letter instanceof Empty) letter.done(user.id);
    else if (this.presence.get(user.id) === user) user.unsent.push(letter);
    else this.carry(user.id, letter);
  }

  /** What waits for a user: how many messages and bytes, and whether some are being published or stored. */
  waiting(userid: number): { count: number; bytes: number; busy: boolean } {
    const line = this.lines.get(userid);
    return { count: line?.letters.length ?? 0, bytes: line?.bytes ?? 0, busy: line?.busy ?? false };
  }

  /** How many messages wait in all lines, in those on their way into the store too. */
  get kept(): number {
    let count = this.writer.length;
    for (const { letters } of this.lines.values()) count += letters.length;
    return count;
  }

  /** Since when something has been waiting for some user, by `performance.now()`. */
  get since(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const line of this.lines.values()) since = Math.min(since, line.since);
    return since;
  }

  /** Gives all that waits for a user who is here to its connection. */
  giveWaiting(user: Present): void {
    for (const letter of this.lines.get(user.id)?.take() ?? []) {
      const fate = new Carried(this, user, letter);
      if (!user.connection?.send(letter.bytes, fate)) fate.unsent();
    }
    this.drop(user.id);
  }

  /** Stores all that waits for a user. Resolves when that is done, or it was busy and is not any more. */
  async storeWaiting(userid: number): Promise<void> {
    const line = this.lines.get(userid);
    if (line === undefined) return;
    if (line.busy) await new Promise<void>((resolve) => line.calm.push(resolve));
    else await this.store(userid, line).stored;
  }

  /**
   * Stores all that waits for a user who reads too slowly. What its connection has not taken yet is older, so it is
   * stored first, and deleted when it has left all the same.
   */
  spill(user: Present): Promise<void> {
    const older: Letter[] = [];
    user.connection?.reroute((bytes, fate) => {
      const letter = this.letterOf(user, bytes, fate);
      if (letter === undefined) return fate;
      older.push(letter);
      return { left: () => user.leftStored.push(bytes.toString()), unsent: () => {} };
    });
    this.lineOf(user.id).putBack(older);
    return this.storeWaiting(user.id);
  }

  /** Moves the first messages of a user's line on, if they can go anywhere now. */
  pump(userid: number): void {
    const line = this.lines.get(userid);
    if (line === undefined || line.busy) return;
    if (line.letters.length === 0) this.drop(userid);
    if (line.letters.length === 0) return;
    const user = this.presence.get(userid);
    if (user === undefined) this.pumpAway(userid, line);
    else if (user.state === 'here') this.fallBehind(user);
    else if (user.state === 'behind') user.wake();
    else if (user.state === 'leaving') this.store(userid, line);
  }

  /** All lines may have other ways now. */
  pumpAll(): void {
    for (const userid of [...this.lines.keys()]) this.pump(userid);
  }

  /** here -> behind, for a user who reads too slowly, or for whom something older is elsewhere. */
  fallBehind(user: Present): void {
    if (this.presence.fallBehind(user)) this.onBehind(user);
  }

  /** Messages for these users are in the store now: those who are here shall have them. */
  noteStored(userids: Iterable<number>): void {
    for (const userid of userids) {
      const user = this.presence.get(userid);
      if (user === undefined) continue;
      user.unread = true;
      this.fallBehind(user);
      user.wake();
    }
  }

  private giveHere(userid: number, message: Buffer): boolean {
    const user = this.presence.get(userid);
    if (user?.state !== 'here' || !user.connection?.send(message, this.freshFor(user))) return false;
    this.outcomes.here++;
    return true;
  }

  private letterOf(user: Present, bytes: Buffer, fate: Fate): Letter | undefined {
    if (fate === user.fate) return new Kept(bytes, this.nobody);
    return fate instanceof Carried ? fate.letterOf(user) : undefined;
  }

  private freshFor(user: Present): Fate {
    user.fate ??= new Fresh(this, user);
    return user.fate;
  }

  /** Whether a message can go to another node at once. */
  private isOpen(userid: number): boolean {
    return (
      !this.lines.has(userid) && this.presence.get(userid) === undefined && this.bus.way(userid) === 'open'
    );
  }

  private carry(userid: number, letter: Letter): void {
    if (this.isOpen(userid)) {
      this.outcomes.elsewhere++;
      this.bus.send([userid], letter);
      return;
    }
    this.lineOf(userid).push(letter);
    this.pump(userid);
  }

  /** Stores a message for a user who is nowhere, behind all that waits for it. */
  private storeNext(userid: number, letter: Letter): void {
    const line = this.lineOf(userid);
    const first = !line.busy && line.letters.length === 0;
    line.push(letter);
    if (first && this.bus.way(userid) === 'unknown') this.store(userid, line);
    else this.pump(userid);
  }

  private pumpAway(userid: number, line: Line): void {
    const letters = line.take();
    for (const letter of letters) if (letter instanceof Empty) letter.done(userid);
    line.putBack(letters.filter((letter) => !(letter instanceof Empty)));
    const way = this.bus.way(userid);
    if (line.letters.length === 0) this.drop(userid);
    // What another node sent here is not sent on: that node may wait for it with all that comes after it.
    else if (line.letters.some((letter) => !(letter instanceof Kept))) this.store(userid, line);
    else if (way === 'unknown') this.publish(userid, line);
    else if (way === 'open') this.sendWaiting(userid, line);
  }

  private sendWaiting(userid: number, line: Line): void {
    const letters = line.take();
    while (letters.length > 0 && this.bus.way(userid) === 'open') {
      const letter = letters.shift();
      if (letter !== undefined) this.bus.send([userid], letter);
      this.outcomes.elsewhere++;
    }
    line.putBack(letters);
    if (letters.length === 0) this.drop(userid);
  }

  private publish(userid: number, line: Line): void {
    // Who is on an original node gets all at once; for others the next one may have another way.
    const all = line.take();
    const batch = this.foreign.has(userid) ? all : all.slice(0, 1);
    line.putBack(all.slice(batch.length));
    line.busy = true;
    chargeAll(batch, this.publishAll(userid, line, batch));
  }

  /** Publishes, and stores what nobody received (DIFFERENCES 9). Resolves when that is done, or the store is away. */
  private async publishAll(userid: number, line: Line, batch: readonly Letter[]): Promise<void> {
    const received = await Promise.all(batch.map((letter) => this.bus.publish(userid, letter)));
    line.busy = false;
    const back = batch.filter((_, i) => !received[i]);
    line.putBack(back);
    this.outcomes.elsewhere += batch.length - back.length;
    this.know(userid, back.length === 0);
    const nowhere = this.presence.get(userid) === undefined && this.bus.way(userid) === 'unknown';
    if (back.length > 0 && nowhere) await this.store(userid, line).settled;
    else this.calmed(userid, line);
  }

  /** Stores all that waits. `stored` and `settled` as Writer.write has them. */
  private store(userid: number, line: Line): { stored: Promise<void>; settled: Promise<void> } {
    const waiting = line.take();
    const letters = waiting.filter((letter) => !(letter instanceof Empty));
    line.busy = true;
    const { stored, settled } = this.writer.write(userid, letters);
    chargeAll(letters, settled);
    const done = stored.then(() => {
      line.busy = false;
      this.outcomes.stored += letters.length;
      for (const letter of waiting) if (letter instanceof Empty) letter.done(userid);
      this.calmed(userid, line);
    });
    return { stored: done, settled };
  }

  private calmed(userid: number, line: Line): void {
    const { calm } = line;
    line.calm = [];
    for (const tell of calm) tell();
    this.pump(userid);
    this.presence.get(userid)?.wake();
  }

  private know(userid: number, foreign: boolean): void {
    if (!foreign) this.foreign.delete(userid);
    else if (this.foreign.size >= MOST_FOREIGN) this.foreign.clear();
    else this.foreign.add(userid);
  }

  private lineOf(userid: number): Line {
    const line = this.lines.get(userid) ?? new Line();
    this.lines.set(userid, line);
    return line;
  }

  private drop(userid: number): void {
    const line = this.lines.get(userid);
    if (line !== undefined && !line.busy && line.letters.length === 0) this.lines.delete(userid);
  }

  /** A message of a client of this node comes back unsent. */
  comeBack(user: Present, message: Buffer): void {
    this.unsent(user, new Kept(message, this.nobody));
  }
}

/** Their senders' other requests wait until these messages are where they shall be. */
function chargeAll(letters: readonly Letter[], work: Promise<unknown>): void {
  for (const letter of letters) if (letter instanceof Kept) letter.charge.during(work);
}

/** Of all messages that go straight from their senders to one user. */
class Fresh implements Fate {
  private readonly delivery: Delivery;
  private readonly user: Present;

  constructor(delivery: Delivery, user: Present) {
    this.delivery = delivery;
    this.user = user;
  }

  left(): void {}

  unsent(bytes: Buffer): void {
    this.delivery.comeBack(this.user, bytes);
  }
}

/** Of a message that somebody keeps until it has left. */
class Carried implements Fate {
  private readonly delivery: Delivery;
  private readonly user: Present;
  private readonly letter: Letter;

  constructor(delivery: Delivery, user: Present, letter: Letter) {
    this.delivery = delivery;
    this.user = user;
    this.letter = letter;
  }

  /** The letter, if it is for this user. */
  letterOf(user: Present): Letter | undefined {
    return user === this.user ? this.letter : undefined;
  }

  left(): void {
    this.letter.done(this.user.id);
  }

  unsent(): void {
    this.delivery.unsent(this.user, this.letter);
  }
}

/** Nothing to send, but something to confirm when all before it has left. */
class Empty implements Letter {
  readonly bytes = Buffer.alloc(0);
  private readonly letter: Letter;

  constructor(letter: Letter) {
    this.letter = letter;
  }

  done(userid: number): void {
    this.letter.done(userid);
  }
}
