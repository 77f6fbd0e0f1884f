import { type Flushable, flushLater } from '../net/flusher.js';
import type { Message } from './message.js';
import type { Link, Remote } from './remote.js';
import { Sent, type SentEntry, type SentParcel } from './sent.js';
import { type Answer, ENTRY, encodeParcel, roomOf, type Seen } from './wire.js';

/** So much may be on its way to a node that has not said it got it, in bytes; well below Redis's limit for a subscriber. */
const WINDOW = 4_194_304;
/**
 * So much for one user may be unconfirmed, in bytes. More than what makes a reader slow there (LIMITS.behind), so
 * that what it does not read is stored by its own node and does not wait here.
 */
const USER_WINDOW = 8_388_608;
/** A parcel holds at most so many entries, and bytes, give or take one. */
const MOST_ENTRIES = 4096;
const PARCEL = 262_144;

/** What an outgoing link needs from the bus. */
export interface OutgoingHost {
  readonly node: string;
  tell(node: string, bytes: Buffer): void;
  /** Nothing of this user is under way any more. */
  settled(remote: Remote): void;
  /** There is room again for a user for whom somebody waits. */
  roomFor(remote: Remote): void;
  /** The other node has so many messages, after so many seconds. */
  confirmed(messages: number, seconds: number): void;
}

/** Parcels to one other node: numbered, kept until it answers what became of them. */
export class Outgoing implements Link, Flushable {
  readonly node: string;
  readonly epoch: number;
  private readonly host: OutgoingHost;
  private number = 0;
  private order = 0;
  private queue: SentEntry[] = [];
  private room = 0;
  private readonly sent: Sent;
  private readonly waiting = new Set<Remote>();
  /** Users for whom messages are in the store, which the other node was not told yet. */
  private readonly stored = new Set<number>();

  /** @param epoch another one for each link that this node has with the other */
  constructor(node: string, epoch: number, host: OutgoingHost) {
    this.node = node;
    this.epoch = epoch;
    this.host = host;
    this.sent = new Sent({
      confirmed: (entries, seconds) => host.confirmed(entries, seconds),
      done: (message, remote) => {
        message.settle(remote.userid);
        this.less(remote, message);
      },
      back: (entry, remote) => this.back(entry, remote),
    });
  }

  /** The number of the last parcel that the other node has said it got. */
  get confirmedUpTo(): number {
    return this.number - this.sent.unconfirmed.length;
  }

  /** Users of whom the other node may not have been told that messages for them are in the store. */
  get untold(): number[] {
    const entries = [...this.queue, ...this.sent.unconfirmed.flatMap((parcel) => parcel.entries)];
    const told = entries.filter(({ kind }) => kind === ENTRY.stored).flatMap(({ userids }) => userids);
    return [...told, ...this.stored];
  }

  /** What it has been sent and has not said it got: how many bytes, and since when by `performance.now()`. */
  get unconfirmed(): { readonly bytes: number; readonly since: number } {
    const { bytes, unconfirmed } = this.sent;
    return { bytes, since: unconfirmed[0]?.at ?? Number.POSITIVE_INFINITY };
  }

  /** Whether a message for this user may be added now; if not, `roomFor` is called when it may. */
  hasRoom(remote: Remote): boolean {
    if (this.isFull) this.waiting.add(remote);
    else if (remote.outstanding <= USER_WINDOW) return true;
    remote.waiting = true;
    return false;
  }

  /** Puts a message into this turn's parcel. */
  add(kind: number, message: Message | undefined, remotes: Remote[]): void {
    const bytes = message === undefined || kind !== ENTRY.message ? EMPTY : message.bytes;
    const userids = remotes.map(({ userid }) => userid);
    const entry = { order: this.order++, kind, message, remotes, userids, bytes };
    if (message !== undefined) {
      const cost = message.cost;
      for (const remote of remotes) {
        remote.at = this;
        remote.outstanding += cost;
      }
    }
    this.queue.push(entry);
    this.room += roomOf(entry);
    if (this.queue.length === 1) flushLater(this);
    if (this.queue.length >= MOST_ENTRIES || this.room > PARCEL) this.flush();
  }

  /** Messages for these users are in the store: told before all that is added from now on. */
  addStored(userids: Iterable<number>): void {
    for (const userid of userids) this.stored.add(userid);
    flushLater(this);
  }

  /** Tells at once of what is in the store: what is published next must not be there before. */
  flushStored(): void {
    if (this.stored.size > 0) this.flush();
  }

  /** Sends a parcel, with nothing in it if there is nothing. Returns its number. */
  probe(): number {
    if (this.queue.length === 0) this.add(ENTRY.resume, undefined, []);
    return this.number + 1;
  }

  flush(): void {
    this.queueStored();
    if (this.queue.length === 0) return;
    const { queue: entries, room, epoch } = this;
    this.queue = [];
    this.room = 0;
    this.number++;
    const { number } = this;
    const bytes = encodeParcel(this.host.node, { epoch, number, entries }, room);
    this.sent.push({ number, bytes, entries, at: performance.now() });
    this.host.tell(this.node, bytes);
  }

  /**
   * Sends all again that the other node has not heard. What was published to it before that it may not have heard
   * either: it comes along, rather twice than never.
   *
   * @param seen the last parcel that it heard from this node; undefined when it knows of none
   * @returns false when it has forgotten what it heard: it took this node for dead, and this link is of no use
   */
  resend(seen: Seen | undefined): boolean {
    this.flush();
    const from = seen?.epoch === this.epoch ? seen.number : 0;
    if (from < this.confirmedUpTo) return false;
    for (const parcel of this.sent.unconfirmed) {
      if (parcel.number <= from) continue;
      if (parcel.entries.some(({ kind }) => kind === ENTRY.channel)) this.bringPublished(parcel);
      this.host.tell(this.node, parcel.bytes);
    }
    return true;
  }

  /** The other node says what became of parcels. */
  answered(answer: Answer): void {
    if (answer.epoch !== this.epoch) return;
    this.sent.answered(answer);
    this.tellRoom();
  }

  /** The other node has died: everything comes back. Nothing may be added any more. */
  died(): void {
    this.flush();
    for (const entry of this.sent.takeAll()) for (const remote of entry.remotes) this.back(entry, remote);
    this.tellRoom();
  }

  /** Puts what it confirms on users' channels into the parcel itself. */
  private bringPublished(parcel: SentParcel): void {
    for (const entry of parcel.entries) {
      if (entry.kind !== ENTRY.channel || entry.message === undefined) continue;
      entry.kind = ENTRY.message;
      entry.bytes = entry.message.bytes;
    }
    const room = parcel.entries.reduce((sum, entry) => sum + roomOf(entry), 0);
    const { number, entries } = parcel;
    this.sent.replace(parcel, encodeParcel(this.host.node, { epoch: this.epoch, number, entries }, room));
  }

  /** Too much is on its way. */
  private get isFull(): boolean {
    return this.sent.bytes + this.room > WINDOW;
  }

  /** Before all others: what is in the store is older. While too much is on its way it waits. */
  private queueStored(): void {
    if (this.stored.size === 0 || this.sent.bytes > WINDOW) return;
    const entry = {
      order: this.order++,
      kind: ENTRY.stored,
      message: undefined,
      remotes: [],
      userids: [...this.stored],
      bytes: EMPTY,
    };
    this.stored.clear();
    this.queue.unshift(entry);
    this.room += roomOf(entry);
  }

  private back({ message, order }: SentEntry, remote: Remote): void {
    if (message === undefined) return;
    remote.refused.push({ message, order });
    this.less(remote, message);
  }

  private less(remote: Remote, message: Message): void {
    remote.outstanding -= message.cost;
    if (remote.outstanding === 0) this.host.settled(remote);
    else if (remote.waiting && remote.outstanding < USER_WINDOW / 2) this.waiting.add(remote);
  }

  private tellRoom(): void {
    if (this.isFull) return;
    if (this.stored.size > 0) flushLater(this);
    if (this.waiting.size === 0) return;
    const remotes = [...this.waiting];
    this.waiting.clear();
    for (const remote of remotes) this.host.roomFor(remote);
  }
}

const EMPTY = Buffer.alloc(0);
