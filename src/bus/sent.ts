import { append } from './append.js';
import type { Message } from './message.js';
import type { Remote } from './remote.js';
import { type Answer, ENTRY, type Entry, type Place } from './wire.js';

/** No parcel has so many entries. */
const MORE_THAN_ENTRIES = 65_536;

/** What was put into a parcel, and for whom. */
export interface SentEntry extends Entry {
  /** Which of all that went over this link, one after the other. */
  readonly order: number;
  kind: number;
  bytes: Buffer;
  /** None when there is nothing to confirm. */
  readonly message: Message | undefined;
  /** Those of its users who have not got it. */
  readonly remotes: Remote[];
}

export interface SentParcel {
  readonly number: number;
  bytes: Buffer;
  readonly entries: readonly SentEntry[];
  /** When it was sent, by `performance.now()`. */
  readonly at: number;
}

/** What became of what was sent. */
export interface SentEvents {
  /** The other node has so many entries, after so many seconds. */
  confirmed(entries: number, seconds: number): void;
  /** It has left for this user, or is stored. */
  done(message: Message, remote: Remote): void;
  /** The user was not there: it comes back. */
  back(entry: SentEntry, remote: Remote): void;
}

/** Parcels that the other node has not said it got, and entries of others that have not left for all their users. */
export class Sent {
  private parcels: SentParcel[] = [];
  private readonly open = new Map<number, SentEntry>();
  private unheard = 0;
  private readonly events: SentEvents;

  constructor(events: SentEvents) {
    this.events = events;
  }

  /** The parcels that the other node has not said it got, oldest first. */
  get unconfirmed(): readonly SentParcel[] {
    return this.parcels;
  }

  /** How many bytes these are. */
  get bytes(): number {
    return this.unheard;
  }

  push(parcel: SentParcel): void {
    this.parcels.push(parcel);
    this.unheard += parcel.bytes.length;
  }

  /** A parcel that is unconfirmed is sent again as these bytes. */
  replace(parcel: SentParcel, bytes: Buffer): void {
    this.unheard += bytes.length - parcel.bytes.length;
    parcel.bytes = bytes;
  }

  /** The other node says what became of parcels. */
  answered({ upTo, whole, open, closed, refused }: Answer): void {
    const before = whole ? new Set(this.open.keys()) : undefined;
    for (const place of refused) this.refuse(place);
    const stays = this.staying(open);
    for (const [parcel, index] of open) before?.delete(keyOf(parcel, index));
    if (whole) for (const entry of stays.keys()) this.finishAll(entry);
    this.arrived(upTo, stays);
    for (const place of closed) this.close(place);
    for (const key of before ?? []) this.closeAll(key);
  }

  /** Takes all that is not known to have left. */
  takeAll(): SentEntry[] {
    const entries = [...this.open.values(), ...this.parcels.flatMap((parcel) => parcel.entries)];
    this.open.clear();
    this.parcels = [];
    this.unheard = 0;
    return entries;
  }

  /** Takes out of their entries the users for whom these are open. */
  private staying(open: readonly Place[]): Map<SentEntry, Remote[]> {
    const stays = new Map<SentEntry, Remote[]>();
    for (const [parcel, index, userid] of open) {
      const entry = this.find(parcel, index);
      const remote = entry && take(entry, userid);
      if (entry !== undefined && remote !== undefined) append(stays, entry, remote);
    }
    return stays;
  }

  private arrived(upTo: number, stays: ReadonlyMap<SentEntry, Remote[]>): void {
    const now = performance.now();
    let count = 0;
    for (const { number, entries, bytes, at } of this.parcels) {
      if (number > upTo) break;
      count++;
      this.unheard -= bytes.length;
      this.events.confirmed(entries.length, (now - at) / 1000);
      for (const entry of entries) this.finishAll(entry);
      if (stays.size === 0) continue;
      for (const [index, entry] of entries.entries())
        if (stays.has(entry)) this.open.set(keyOf(number, index), entry);
    }
    if (count > 0) this.parcels = this.parcels.slice(count);
    for (const [entry, remotes] of stays) entry.remotes.push(...remotes);
  }

  private refuse([parcel, index, userid]: Place): void {
    const entry = this.find(parcel, index);
    const remote = entry && take(entry, userid);
    if (entry?.message === undefined || remote === undefined) return;
    if (entry.remotes.length === 0) this.open.delete(keyOf(parcel, index));
    // What came on the user's channel is with that node: it stores what it cannot deliver.
    if (entry.kind === ENTRY.channel) this.events.done(entry.message, remote);
    else this.events.back(entry, remote);
  }

  private close([parcel, index, userid]: Place): void {
    const key = keyOf(parcel, index);
    const entry = this.open.get(key);
    const remote = entry && take(entry, userid);
    if (entry?.message === undefined || remote === undefined) return;
    if (entry.remotes.length === 0) this.open.delete(key);
    this.events.done(entry.message, remote);
  }

  private closeAll(key: number): void {
    const entry = this.open.get(key);
    this.open.delete(key);
    if (entry !== undefined) this.finishAll(entry);
  }

  private finishAll({ message, remotes }: SentEntry): void {
    if (message !== undefined) for (const remote of remotes) this.events.done(message, remote);
    remotes.length = 0;
  }

  private find(parcel: number, index: number): SentEntry | undefined {
    const [first] = this.parcels;
    const unheard = first === undefined ? undefined : this.parcels[parcel - first.number];
    return unheard?.entries[index] ?? this.open.get(keyOf(parcel, index));
  }
}

function keyOf(parcel: number, index: number): number {
  return parcel * MORE_THAN_ENTRIES + index;
}

/** Takes a user out of those who have not got the message. */
function take({ remotes }: SentEntry, userid: number): Remote | undefined {
  const at = remotes.findIndex((remote) => remote.userid === userid);
  return at < 0 ? undefined : remotes.splice(at, 1)[0];
}
