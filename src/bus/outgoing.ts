import { type Flushable, flushLater } from '../net/flusher.js';
import { costOf, type Letter } from './letter.js';
import type { Remote } from './remotes.js';
import { type Answer, ENTRY, type Entry, encodeParcel, type Place, roomOf, type Seen } from './wire.js';

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

interface Sent extends Entry {
  readonly letter: Letter | undefined;
  /** Those of its users who have not got it. */
  readonly remotes: Remote[];
}

interface Parcel {
  readonly number: number;
  readonly bytes: Buffer;
  readonly entries: readonly Sent[];
  /** When it was sent, by `performance.now()`. */
  readonly at: number;
}

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
export class Outgoing implements Flushable {
  readonly node: string;
  readonly epoch: number;
  private readonly host: OutgoingHost;
  private number = 0;
  private queue: Sent[] = [];
  private room = 0;
  private sent: Parcel[] = [];
  private unheard = 0;
  /** Entries of parcels that arrived, which have not left for all their users. */
  private readonly open = new Map<number, Sent>();
  private readonly waiting = new Set<Remote>();
  /** Users for whom messages are in the store, which the other node was not told yet. */
  private readonly stored = new Set<number>();

  /** @param epoch another one for each link that this node has with the other */
  constructor(node: string, epoch: number, host: OutgoingHost) {
    this.node = node;
    this.epoch = epoch;
    this.host = host;
  }

  /** The number of the last parcel that the other node has said it got. */
  get confirmedUpTo(): number {
    return this.number - this.sent.length;
  }

  /** Users of whom the other node may not have been told that messages for them are in the store. */
  get untold(): number[] {
    const entries = [...this.queue, ...this.sent.flatMap((parcel) => parcel.entries)];
    const told = entries.filter(({ kind }) => kind === ENTRY.stored).flatMap(({ userids }) => userids);
    return [...told, ...this.stored];
  }

  /** What it has been sent and has not said it got: how many bytes, and since when by `performance.now()`. */
  get unconfirmed(): { readonly bytes: number; readonly since: number } {
    return { bytes: this.unheard, since: this.sent[0]?.at ?? Number.POSITIVE_INFINITY };
  }

  /** Whether a message for this user may be added now; if not, `roomFor` is called when it may. */
  hasRoom(remote: Remote): boolean {
    if (this.unheard + this.room > WINDOW) this.waiting.add(remote);
    else if (remote.outstanding <= USER_WINDOW) return true;
    remote.waiting = true;
    return false;
  }

  /** Puts a message into this turn's parcel. */
  add(kind: number, letter: Letter | undefined, remotes: Remote[]): void {
    const bytes = letter === undefined || kind !== ENTRY.message ? EMPTY : letter.bytes;
    const entry = { kind, letter, remotes, userids: remotes.map(({ userid }) => userid), bytes };
    if (letter !== undefined) {
      const cost = costOf(letter);
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
    this.unheard += bytes.length;
    this.host.tell(this.node, bytes);
  }

  /**
   * Sends all again that the other node has not heard.
   *
   * @param seen the last parcel that it heard from this node; undefined when it knows of none
   * @returns false when it has forgotten what it heard: it took this node for dead, and this link is of no use
   */
  resend(seen: Seen | undefined): boolean {
    this.flush();
    const from = seen?.epoch === this.epoch ? seen.number : 0;
    if (from < this.confirmedUpTo) return false;
    for (const { number, bytes } of this.sent) if (number > from) this.host.tell(this.node, bytes);
    return true;
  }

  /** The other node says what became of parcels. */
  answered({ epoch, upTo, whole, open, closed, refused }: Answer): void {
    if (epoch !== this.epoch) return;
    const before = whole ? new Set(this.open.keys()) : undefined;
    for (const place of refused) this.refuse(place);
    const stays = new Map<Sent, Remote[]>();
    for (const [parcel, index, userid] of open) {
      const entry = this.find(parcel, index);
      if (entry === undefined) continue;
      before?.delete(keyOf(parcel, index));
      const remote = take(entry, userid);
      if (remote !== undefined) stays.set(entry, [...(stays.get(entry) ?? []), remote]);
    }
    if (whole) for (const entry of stays.keys()) this.finishAll(entry);
    this.arrived(upTo, stays);
    for (const [parcel, index, userid] of closed) this.close(keyOf(parcel, index), userid);
    for (const key of before ?? []) this.closeAll(key);
    this.tellRoom();
  }

  /** Before all others: what is in the store is older. While too much is on its way it waits. */
  private queueStored(): void {
    if (this.stored.size === 0 || this.unheard > WINDOW) return;
    const entry = {
      kind: ENTRY.stored,
      letter: undefined,
      remotes: [],
      userids: [...this.stored],
      bytes: EMPTY,
    };
    this.stored.clear();
    this.queue.unshift(entry);
    this.room += roomOf(entry);
  }

  /** The other node has died: everything comes back. Nothing may be added any more. */
  died(): void {
    this.flush();
    const entries = [...this.open.values(), ...this.sent.flatMap((parcel) => parcel.entries)];
    this.open.clear();
    this.sent = [];
    this.unheard = 0;
    for (const { letter, remotes, kind } of entries) {
      for (const remote of remotes) if (letter !== undefined) this.back(remote, letter, kind);
    }
    this.tellRoom();
  }

  private refuse([parcel, index, userid]: Place): void {
    const entry = this.find(parcel, index);
    const remote = entry && take(entry, userid);
    if (entry?.letter === undefined || remote === undefined) return;
    if (entry.remotes.length === 0) this.open.delete(keyOf(parcel, index));
    // What came on the user's channel is with that node: it stores what it cannot deliver.
    if (entry.kind === ENTRY.channel) this.finish(entry.letter, remote);
    else this.back(remote, entry.letter, entry.kind);
  }

  private back(remote: Remote, letter: Letter, kind: number): void {
    if (kind !== ENTRY.resume) remote.refused.push(letter);
    this.outstandingLess(remote, costOf(letter));
  }

  private arrived(upTo: number, stays: ReadonlyMap<Sent, Remote[]>): void {
    let count = 0;
    for (const { number, entries, bytes, at } of this.sent) {
      if (number > upTo) break;
      count++;
      this.host.confirmed(entries.length, (performance.now() - at) / 1000);
      this.unheard -= bytes.length;
      for (let index = 0; index < entries.length; index++) {
        const entry = entries[index];
        if (entry !== undefined) this.arrivedOne(entry, stays.get(entry), keyOf(number, index));
      }
    }
    if (count > 0) this.sent = this.sent.slice(count);
    // What was said to be open before, and is said again, stays.
    for (const [entry, remotes] of stays) {
      for (const remote of remotes) if (!entry.remotes.includes(remote)) entry.remotes.push(remote);
    }
  }

  private arrivedOne(entry: Sent, stays: Remote[] | undefined, key: number): void {
    this.finishAll(entry);
    if (stays !== undefined) this.open.set(key, entry);
  }

  private close(key: number, userid: number): void {
    const entry = this.open.get(key);
    const remote = entry && take(entry, userid);
    if (entry?.letter === undefined || remote === undefined) return;
    if (entry.remotes.length === 0) this.open.delete(key);
    this.finish(entry.letter, remote);
  }

  private closeAll(key: number): void {
    const entry = this.open.get(key);
    this.open.delete(key);
    if (entry !== undefined) this.finishAll(entry);
  }

  private finishAll({ letter, remotes }: Sent): void {
    const done = remotes.splice(0);
    if (letter !== undefined) for (const remote of done) this.finish(letter, remote);
  }

  private finish(letter: Letter, remote: Remote): void {
    letter.done(remote.userid);
    this.outstandingLess(remote, costOf(letter));
  }

  private outstandingLess(remote: Remote, cost: number): void {
    remote.outstanding -= cost;
    if (remote.outstanding === 0) this.host.settled(remote);
    else if (remote.waiting && remote.outstanding < USER_WINDOW / 2) this.waiting.add(remote);
  }

  private tellRoom(): void {
    if (this.unheard + this.room > WINDOW) return;
    if (this.stored.size > 0) flushLater(this);
    if (this.waiting.size === 0) return;
    const remotes = [...this.waiting];
    this.waiting.clear();
    for (const remote of remotes) this.host.roomFor(remote);
  }

  private find(parcel: number, index: number): Sent | undefined {
    const [first] = this.sent;
    const unheard = first === undefined ? undefined : this.sent[parcel - first.number];
    return unheard?.entries[index] ?? this.open.get(keyOf(parcel, index));
  }
}

const EMPTY = Buffer.alloc(0);

function keyOf(parcel: number, index: number): number {
  return parcel * MOST_ENTRIES + index;
}

/** Takes a user out of those who have not got the message. */
function take({ remotes }: Sent, userid: number): Remote | undefined {
  const at = remotes.findIndex((remote) => remote.userid === userid);
  return at < 0 ? undefined : remotes.splice(at, 1)[0];
}
