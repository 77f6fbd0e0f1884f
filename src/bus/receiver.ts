import { setTimeout as delay } from 'node:timers/promises';
import { guarded, unexpected } from '../net/guard.js';
import { type Entry, entryNumber, type UserEntry } from './bytes.js';
import type { LocalNode } from './local.js';
import { Message, type Settled } from './message.js';
import { type Batch, ENTRY, type Seen } from './wire.js';

/** Where it was, for an error that nobody expects. */
const WHERE = 'a message of another node';
/** Acknowledgements are gathered for 5 ms. Messages that came in that time are delivered twice when this node dies. */
const GATHER = 5;

/** A message that came, and the users for whom it is not done. */
class Arrival {
  readonly number: number;
  readonly message: Message;
  /** A set, as a group may have very many members here. */
  readonly open: Set<number>;

  /** @param onDone called once for each user */
  constructor(
    number: number,
    entry: Entry,
    onDone: (arrival: Arrival, userid: number, how?: Settled) => void,
  ) {
    this.number = number;
    this.open = new Set(entry.userids);
    const done = (userid: number, how?: Settled) => {
      if (this.close(userid)) onDone(this, userid, how);
    };
    this.message = entry.kind === ENTRY.message ? Message.received(entry.bytes, done) : Message.mark(done);
  }

  /** The message is not open for this user any more. False when it was not open. */
  close(userid: number): boolean {
    return this.open.delete(userid);
  }
}

/**
 * From one other node: its batches, and what became of the messages in them.
 *
 * 1. Batches are taken in order, each once.
 * 2. A message whose user is not here bounces, and so does all that comes for that user until the sender has begun
 *    anew: newer messages must not pass those that bounced.
 * 3. A message that is not done is acknowledged as open, and as done later.
 * 4. The sender is told that a message is stored for a user who is not here before the message is acknowledged. The user
 *    may be at the sender's node by now: else newer messages that have bounced would pass the stored one.
 * 5. An error with one message costs nothing else: the others of its batch are taken.
 */
export class Receiver {
  readonly node: string;
  /**
   * Whether the sender may not know that this node was cut off from the medium: what the sender takes for published
   * here may have been lost.
   */
  wasCutOff = true;
  private incarnation = 0;
  private upTo = 0;
  /** Messages that came since the last acknowledgement. */
  private fresh: Arrival[] = [];
  /** Messages that were acknowledged as open. */
  private open = new Set<Arrival>();
  /** The entries that are done, and those that bounced, since the last acknowledgement. */
  private done: UserEntry[] = [];
  private bounced: UserEntry[] = [];
  /** By user: what has bounced, until the sender has begun anew. */
  private bouncing = new Map<number, Arrival[]>();
  private isAckDue = false;
  /** Whether a message was stored for somebody who is not here since the last acknowledgement. */
  private hasStored = false;
  private hasAsked = false;
  private readonly local: LocalNode;
  private readonly flushStored: () => void;

  /** @param flushStored tells the sender at once of what is stored */
  constructor(node: string, local: LocalNode, flushStored: () => void) {
    this.node = node;
    this.local = local;
    this.flushStored = flushStored;
  }

  /** The last batch that came. */
  get seen(): Seen {
    return { node: this.node, incarnation: this.incarnation, number: this.upTo };
  }

  /** Messages that bounced, by user, and that the sender has not taken back: should it die, it cannot any more. */
  get orphans(): (readonly [userid: number, messages: readonly Message[]])[] {
    return [...this.bouncing].map(([userid, all]) => [userid, all.map(({ message }) => message)]);
  }

  /** Takes a batch. False when the sender must be asked for one before it, or for something that was published. */
  heard({ incarnation, number, entries }: Batch): boolean {
    if (incarnation !== this.incarnation) this.begin(incarnation);
    // When the sender knows that this node was cut off it repeats what it had published.
    const isDoubtful = this.wasCutOff && entries.some(({ kind }) => kind === ENTRY.channel);
    if (number > this.upTo && (number > this.upTo + 1 || isDoubtful)) return this.hasAskedBefore();
    // The sender has answered. Its answer may be lost on the way, too: then it must be asked again.
    this.hasAsked = false;
    if (number <= this.upTo) return true;
    this.upTo = number;
    let next = entryNumber(number, 0);
    for (const entry of entries) this.take(next++, entry);
    this.ackSoon();
    return true;
  }

  /** Acknowledges what has changed since the last time; with `whole` all that the sender may not know. */
  ack(whole: boolean): void {
    this.isAckDue = false;
    // The others are told anew when the medium is back.
    if (!this.local.isUp) return;
    if (this.hasStored) this.flushStored();
    this.hasStored = false;
    const fresh = this.fresh.filter(({ open }) => open.size > 0);
    const open = whole ? [...this.open, ...fresh] : fresh;
    const bounced = whole ? [...this.bouncing].flatMap(entriesOf) : this.bounced;
    const { node, incarnation, upTo, done } = this;
    for (const arrival of fresh) this.open.add(arrival);
    this.fresh = [];
    this.done = [];
    this.bounced = [];
    void this.local.say(node, 'ack', {
      incarnation,
      upTo,
      whole,
      open: open.flatMap(openEntries),
      done,
      bounced,
    });
  }

  /** Acknowledges at once what would be acknowledged soon. */
  close(): void {
    if (this.isAckDue) this.ack(false);
  }

  /** The sender has settled for itself what became of all earlier batches. */
  private begin(incarnation: number): void {
    this.incarnation = incarnation;
    this.upTo = 0;
    this.fresh = [];
    this.open = new Set();
    this.done = [];
    this.bounced = [];
    this.bouncing = new Map();
  }

  private take(number: number, entry: Entry): void {
    if (entry.kind === ENTRY.resume) for (const userid of entry.userids) this.bouncing.delete(userid);
    else if (entry.kind !== ENTRY.stored) this.deliver(number, entry);
    else if (entry.userids.length > 0) this.tellStored(entry.userids);
  }

  private readonly tellStored = guarded(WHERE, (userids: readonly number[]) =>
    this.local.events.stored(userids),
  );

  private deliver(number: number, entry: Entry): void {
    const arrival = new Arrival(number, entry, this.onDone);
    this.fresh.push(arrival);
    for (const userid of entry.userids) {
      if (!this.bouncing.has(userid) && this.bring(userid, arrival.message)) continue;
      arrival.close(userid);
      this.bounced.push([number, userid]);
      if (entry.kind !== ENTRY.message) continue;
      const bouncing = this.bouncing.get(userid) ?? [];
      bouncing.push(arrival);
      this.bouncing.set(userid, bouncing);
    }
  }

  /** One question is enough for all batches that come behind a missing one. */
  private hasAskedBefore(): boolean {
    const { hasAsked } = this;
    this.hasAsked = true;
    return hasAsked;
  }

  /** False when it must bounce, as after an error that nobody expects: what is not open counts as done. */
  private bring(userid: number, message: Message): boolean {
    try {
      return this.local.events.receive(userid, message);
    } catch (error) {
      unexpected(error, WHERE);
      return false;
    }
  }

  private readonly onDone = (arrival: Arrival, userid: number, how?: Settled): void => {
    if (how === 'stored' && !this.local.events.isHere(userid)) this.hasStored = true;
    // The sender will not hear that it was open.
    if (!this.open.has(arrival)) return;
    this.done.push([arrival.number, userid]);
    if (arrival.open.size === 0) this.open.delete(arrival);
    this.ackSoon();
  };

  private readonly ackGathered = guarded('an acknowledgement', () => this.close());

  private ackSoon(): void {
    if (this.isAckDue) return;
    this.isAckDue = true;
    void delay(GATHER).then(this.ackGathered);
  }
}

function openEntries({ number, open }: Arrival): UserEntry[] {
  return Array.from(open, (userid) => [number, userid]);
}

function entriesOf([userid, all]: readonly [number, Arrival[]]): UserEntry[] {
  return all.map(({ number }) => [number, userid]);
}
