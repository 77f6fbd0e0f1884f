import { type Flushable, flushLater } from '../net/flusher.js';
import { type Entry, entry as entryCodec, entryNumber } from './bytes.js';
import type { LocalNode } from './local.js';
import type { Message } from './message.js';
import type { Remote, Remotes, SentMessage } from './remote.js';
import { type Ack, ENTRY, encode, type Seen } from './wire.js';

/** At most 4 MiB are on their way to a node that has not said that it has them; well below Redis's limit for a subscriber. */
const NODE_WINDOW = 4_194_304;
/**
 * At most 8 MiB are in flight to one user. It is more than what makes a slow consumer there (LIMITS.behind), so
 * that its own node stores what it does not read, and nothing waits here.
 */
const USER_WINDOW = 8_388_608;
/** A node that has not acknowledged a batch for 1,000 ms is silent: it is frozen, cut off, dead, or very busy. */
const SILENT = 1000;
/** A batch has at most 4,096 entries, and at most 256 KiB and one entry. */
const MOST_ENTRIES = 4096;
const MOST_BYTES = 262_144;
const EMPTY = Buffer.alloc(0);
/** At the front of a batch when there is nothing to tell of. */
const NO_NOTICE = anEntry(ENTRY.stored, []);

type SentEntry = SentMessage | (Entry & { readonly message: undefined });

interface SentBatch {
  readonly number: number;
  bytes: Buffer;
  readonly entries: readonly SentEntry[];
  /** When it was sent, by `performance.now()`. */
  readonly at: number;
}

/**
 * To one other node: numbered batches, and what is in flight in them.
 *
 * 1. All that one turn of the event loop has for the node leaves as one batch.
 * 2. The first entry of each batch names users for whom messages are stored: those are older than all that follows.
 * 3. A batch is kept until the other node has it, a message until it is acknowledged or bounces.
 */
export class Sender implements Flushable {
  private readonly node: string;
  private readonly incarnation: number;
  private readonly local: LocalNode;
  private readonly remotes: Remotes;
  /** The number of the next batch, its entries, and their size in bytes. */
  private number = 1;
  private entries: SentEntry[] = [NO_NOTICE];
  private size = 0;
  /** Batches that the other node has not said it has, oldest first, and their size in bytes. */
  private batches: SentBatch[] = [];
  private inFlight = 0;
  /** Users for whom messages are stored, of whom the other node was not told yet. */
  private readonly stored = new Set<number>();
  /** Users for whom somebody waits until there is credit. */
  private readonly waiting = new Set<number>();

  /** When the last silence of the other node was over, by `performance.now()`. */
  private heardAt = performance.now();

  /** @param incarnation another one for each sender that this node has to the other */
  constructor(node: string, incarnation: number, local: LocalNode, remotes: Remotes) {
    this.node = node;
    this.incarnation = incarnation;
    this.local = local;
    this.remotes = remotes;
  }

  /** The number of the last batch that the other node has said it has. */
  get ackedUpTo(): number {
    return this.number - 1 - this.batches.length;
  }

  /** Users of whom the other node may not have been told that messages for them are stored. */
  get untold(): number[] {
    return [...this.batches.flatMap(({ entries }) => entries[0]?.userids ?? []), ...this.stored];
  }

  /** The batches that the other node has not said it has: their bytes, and since when, by `performance.now()`. */
  get unacked(): { readonly bytes: number; readonly since: number } {
    return { bytes: this.inFlight, since: this.batches[0]?.at ?? Number.POSITIVE_INFINITY };
  }

  /** Until when the other node was silent, by `performance.now()`: until now while it is. `ask` makes it speak. */
  get silentUntil(): number {
    const now = performance.now();
    return now - this.unacked.since > SILENT ? now : this.heardAt;
  }

  /** Lets the other node acknowledge something. */
  ask(): void {
    if (this.batches.length === 0) this.probe();
  }

  /** Whether a message for this user may be sent now. */
  hasCredit(remote: Remote): boolean {
    return !this.isFull && remote.cost <= USER_WINDOW;
  }

  /** Tells by `reachChanged`, once, when there is credit for this user. */
  awaitCredit(userid: number): void {
    this.waiting.add(userid);
  }

  /** Sends a message to users who are on the other node. */
  send(message: Message, remotes: readonly Remote[]): void {
    this.putMessage(ENTRY.message, message.bytes, remotes, message);
  }

  /** Lets the other node acknowledge a message that was published on the user's channel. */
  sendMark(message: Message, remote: Remote): void {
    this.putMessage(ENTRY.channel, EMPTY, [remote], message);
  }

  /**
   * Messages for these users are stored: the other node is told before all that is sent from now on. Only when one of
   * them is there, it is told soon: else nobody there needs it, but for a user whose word of coming is on its way.
   */
  addStored(userids: Iterable<number>): void {
    let isThere = false;
    for (const userid of userids) {
      this.stored.add(userid);
      isThere ||= this.remotes.get(userid)?.node === this.node;
    }
    if (isThere) flushLater(this);
  }

  /** Tells at once of what is stored: what is published next must not be there before, nor a user who comes miss it. */
  flushStored(): void {
    if (this.stored.size > 0) this.flush();
  }

  /** Sends a batch, an empty one if there is nothing. Returns its number. */
  probe(): number {
    this.sendBatch();
    return this.number - 1;
  }

  flush(): void {
    if (this.entries.length > 1 || (this.stored.size > 0 && this.inFlight <= NODE_WINDOW)) this.sendBatch();
  }

  /**
   * Sends all batches again that the other node does not have. It may also have missed what was published before them:
   * those messages are repeated in the batch, better twice than never.
   *
   * @param seen the last batch that it has from this node; undefined when it knows of none
   * @returns false when it has forgotten what it had, because it took this node for dead: this sender is of no use
   */
  resend(seen: Seen | undefined): boolean {
    this.flush();
    const from = seen?.incarnation === this.incarnation ? seen.number : 0;
    if (from < this.ackedUpTo) return false;
    for (const batch of this.batches) {
      if (batch.number <= from) continue;
      if (batch.entries.some(({ kind }) => kind === ENTRY.channel)) this.repeatPublished(batch);
      void this.local.send(this.node, batch.bytes);
    }
    return true;
  }

  /** The other node answers batches. Messages in them that are not open, and have not bounced, are done. */
  acked({ incarnation, upTo, whole, open, done, bounced }: Ack): void {
    if (incarnation !== this.incarnation) return;
    for (const [number, userid] of bounced) this.ended(number, userid, 'bounce');
    const isOpen = lookup(open);
    const ack = (number: number, userid: number) => {
      if (!isOpen(number, userid)) this.ended(number, userid, 'ackUpTo');
    };
    for (const batch of this.takeArrived(upTo))
      for (const entry of batch.entries)
        if (entry.message !== undefined) for (const userid of entry.userids) ack(entry.number, userid);
    if (whole) {
      const end = entryNumber(upTo + 1, 0);
      for (const remote of this.remotes.inFlightTo(this.node))
        for (const number of remote.numbers()) if (number < end) ack(number, remote.userid);
    }
    for (const [number, userid] of done) this.ended(number, userid, 'ackUpTo');
    this.tellCredit();
  }

  /**
   * The other node is dead, or has forgotten this one: all that is in flight comes back, for some users in each turn of
   * the event loop. Until it has come back nothing newer is sent to its user. Nothing may be sent by this any more.
   */
  end(): void {
    this.entries = [NO_NOTICE];
    // A flush that is planned must say nothing more, and nobody shall wait until the batches are there.
    this.batches = [];
    this.stored.clear();
    this.remotes.lost(this.node);
    for (const userid of this.waiting) this.remotes.giveBack(userid);
    this.remotes.drained.tell();
  }

  private putMessage(kind: number, bytes: Buffer, remotes: readonly Remote[], message: Message): void {
    const number = entryNumber(this.number, this.entries.length);
    const entry = { number, kind, bytes, userids: remotes.map(({ userid }) => userid), message };
    for (const remote of remotes) remote.sent(entry, this.node);
    this.put(entry);
  }

  private put(entry: SentEntry): void {
    this.entries.push(entry);
    this.size += entryCodec.size(entry);
    if (this.entries.length === 2) flushLater(this);
    if (this.entries.length >= MOST_ENTRIES || this.size > MOST_BYTES) this.sendBatch();
  }

  private sendBatch(): void {
    const { entries, number, incarnation } = this;
    // While too much is in flight they wait: a node that is frozen would get one notice after the other.
    if (this.stored.size > 0 && this.inFlight <= NODE_WINDOW) {
      entries[0] = aNotice([...this.stored]);
      this.stored.clear();
    }
    this.entries = [NO_NOTICE];
    this.size = 0;
    this.number++;
    const bytes = encode('batch', this.local.name, { incarnation, number, entries });
    this.batches.push({ number, bytes, entries, at: performance.now() });
    this.inFlight += bytes.length;
    void this.local.send(this.node, bytes);
  }

  /** From now on messages that were published on users' channels are in the batch itself. */
  private repeatPublished(batch: SentBatch): void {
    for (const entry of batch.entries) {
      if (entry.message === undefined || entry.kind !== ENTRY.channel) continue;
      entry.kind = ENTRY.message;
      entry.bytes = entry.message.bytes;
    }
    const { number, entries } = batch;
    this.inFlight -= batch.bytes.length;
    batch.bytes = encode('batch', this.local.name, { incarnation: this.incarnation, number, entries });
    this.inFlight += batch.bytes.length;
  }

  /** Takes the batches that the other node has. */
  private takeArrived(upTo: number): SentBatch[] {
    const arrived = this.batches.splice(0, Math.max(0, upTo - this.ackedUpTo));
    const now = performance.now();
    for (const { entries, bytes, at } of arrived) {
      if (now - at > SILENT) this.heardAt = now;
      this.inFlight -= bytes.length;
      this.local.watch?.acked(entries.length - 1, (now - at) / 1000);
    }
    return arrived;
  }

  /** Nothing is in flight to this user any more up to this entry, or from it on. */
  private ended(number: number, userid: number, how: 'ackUpTo' | 'bounce'): void {
    const remote = this.remotes.get(userid);
    // By now what is in flight to it may be with a third node, under the same numbers.
    if (remote?.via !== this.node || !remote.isInFlight) return;
    remote[how](number);
    if (remote.isInFlight) return;
    // Until then the other node refuses all that is sent to the user, so that the order stays.
    if (remote.isReturning) this.put(anEntry(ENTRY.resume, [userid]));
    this.remotes.ended(userid);
  }

  /** Too much is on its way. */
  private get isFull(): boolean {
    return this.inFlight + this.size > NODE_WINDOW;
  }

  /** Those who wait are told one after the other, until there is no credit again: who takes it waits behind the others. */
  private tellCredit(): void {
    if (this.stored.size > 0 && !this.isFull) flushLater(this);
    for (const userid of [...this.waiting]) {
      if (this.isFull) return;
      // Not for each message that there is room for: then each would leave by itself.
      if ((this.remotes.get(userid)?.cost ?? 0) > USER_WINDOW / 2) continue;
      this.waiting.delete(userid);
      this.local.events.reachChanged(userid);
    }
  }
}

/** An entry without a message. */
function anEntry(kind: number, userids: readonly number[]): SentEntry {
  return { kind, bytes: EMPTY, userids, message: undefined };
}

/** Messages for these users are stored. */
function aNotice(userids: readonly number[]): SentEntry {
  return anEntry(ENTRY.stored, userids);
}

/** Whether an entry is among these, for this user. */
function lookup(entries: Ack['open']): (number: number, userid: number) => boolean {
  if (entries.length === 0) return () => false;
  const byUser = new Map<number, Set<number>>();
  for (const [number, userid] of entries) {
    const numbers = byUser.get(userid);
    if (numbers === undefined) byUser.set(userid, new Set([number]));
    else numbers.add(number);
  }
  return (number, userid) => byUser.get(userid)?.has(number) === true;
}
