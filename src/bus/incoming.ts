import { append } from './append.js';
import { Message } from './message.js';
import { type Answer, ENTRY, type Entry, type Parcel, type Place, type Seen } from './wire.js';

/** A message of a parcel: open until all its users here have got it. */
class Received {
  readonly message: Message;
  readonly parcel: number;
  readonly index: number;
  /** Users who have not got it yet. */
  readonly open: number[];
  /** Whether the sender was told that it is open. */
  told = false;
  private readonly link: Incoming;

  constructor(link: Incoming, parcel: number, index: number, { bytes, userids }: Entry) {
    this.link = link;
    this.message = Message.received(bytes, (userid) => this.close(userid));
    this.parcel = parcel;
    this.index = index;
    this.open = [...userids];
  }

  close(userid: number): void {
    const at = this.open.indexOf(userid);
    if (at < 0) return;
    const last = this.open.pop();
    if (last !== undefined && at < this.open.length) this.open[at] = last;
    this.link.settled(this, userid);
  }

  place(userid: number): Place {
    return [this.parcel, this.index, userid];
  }
}

export interface IncomingHost {
  /** A message for a user. False when the user is not here. */
  receive(userid: number, message: Message): boolean;
  /** Settles the message once everything has left that came for the user on its channel; false when it is not here. */
  confirm(userid: number, message: Message): boolean;
  /** Messages for these users are in the store. */
  stored(userids: readonly number[]): void;
  /** There is something to answer. */
  answerSoon(link: Incoming): void;
}

/** Parcels from one other node: what became of them. */
export class Incoming {
  readonly node: string;
  private readonly host: IncomingHost;
  private epoch = 0;
  private last = 0;
  /** What came since the last answer, and what the sender knows to be open. */
  private fresh: Received[] = [];
  private known = new Set<Received>();
  private closed: Place[] = [];
  private refused: Place[] = [];
  /** Users who were not here: what comes for them is refused until the sender has begun anew, so that the order is kept. */
  private refusing = new Map<number, Received[]>();
  /**
   * Whether the sender may not know yet that this node was cut off from the medium: what it takes for published here
   * may have been lost.
   */
  cutOff = true;

  constructor(node: string, host: IncomingHost) {
    this.node = node;
    this.host = host;
  }

  /** The last parcel that came. */
  get seen(): Seen {
    return { node: this.node, epoch: this.epoch, number: this.last };
  }

  /** Takes a parcel. False when one before it is missing, or something that was published. */
  heard({ epoch, number, entries }: Parcel): boolean {
    if (epoch !== this.epoch) this.begin(epoch);
    if (number <= this.last) return true;
    if (number > this.last + 1) return false;
    // When the sender knows it sends this again, with the message.
    if (this.cutOff && entries.some(({ kind }) => kind === ENTRY.channel)) return false;
    this.last = number;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      if (entry !== undefined) this.take(number, index, entry);
    }
    this.host.answerSoon(this);
    return true;
  }

  /** What became of everything since the last answer; with `whole` of everything there is. */
  answer(whole: boolean): Answer {
    const open: Place[] = [];
    const say = (received: Received) => {
      for (const userid of received.open) open.push(received.place(userid));
    };
    if (whole) this.known.forEach(say);
    for (const received of this.fresh) {
      if (received.open.length === 0) continue;
      say(received);
      received.told = true;
      this.known.add(received);
    }
    const refused = whole ? this.allRefused() : this.refused;
    const { closed } = this;
    this.fresh = [];
    this.closed = [];
    this.refused = [];
    return { epoch: this.epoch, upTo: this.last, whole, open, closed, refused };
  }

  /** What the sender has not begun to deliver anew, by user: should it die, it cannot any more. */
  get orphans(): Iterable<readonly [userid: number, messages: readonly Message[]]> {
    return [...this.refusing].map(([userid, all]) => [userid, all.map(({ message }) => message)]);
  }

  /** A message has left for its user, or is stored. */
  settled(received: Received, userid: number): void {
    if (!received.told || !this.known.has(received)) return;
    this.closed.push(received.place(userid));
    if (received.open.length === 0) this.known.delete(received);
    this.host.answerSoon(this);
  }

  /** What the other node thinks of former parcels it has settled for itself. */
  private begin(epoch: number): void {
    this.epoch = epoch;
    this.last = 0;
    this.fresh = [];
    this.known = new Set();
    this.closed = [];
    this.refused = [];
    this.refusing = new Map();
  }

  private take(number: number, index: number, entry: Entry): void {
    if (entry.kind === ENTRY.resume) for (const userid of entry.userids) this.refusing.delete(userid);
    else if (entry.kind === ENTRY.stored) this.host.stored(entry.userids);
    else this.deliver(new Received(this, number, index, entry), entry);
  }

  private deliver(received: Received, { kind, userids }: Entry): void {
    this.fresh.push(received);
    for (const userid of userids) {
      if (!this.refusing.has(userid) && this.bring(kind, userid, received)) continue;
      const place = received.place(userid);
      received.close(userid);
      this.refused.push(place);
      if (kind === ENTRY.message) append(this.refusing, userid, received);
    }
  }

  private allRefused(): Place[] {
    const placesOf = ([userid, all]: [number, Received[]]) => all.map((received) => received.place(userid));
    return [...this.refusing].flatMap(placesOf);
  }

  private bring(kind: number, userid: number, { message }: Received): boolean {
    return kind === ENTRY.message ? this.host.receive(userid, message) : this.host.confirm(userid, message);
  }
}
