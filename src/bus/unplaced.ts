import { append } from './append.js';
import type { Message } from './message.js';
import type { Outgoing } from './outgoing.js';

type Published = readonly [userid: number, message: Message];

/** What was published before a beat, and which parcel of each link must have arrived before it is known whose it is. */
interface Round {
  published: Published[];
  readonly parcels: ReadonlyMap<Outgoing, number>;
}

/**
 * Messages that were published to users whose node was not known. When all nodes of ours have answered what was sent
 * to them after that, and none has said that such a user is there, it was an original node. A node that is cut off
 * does not answer, but its old connection still counts as a receiver: when it is back, or dead, nobody may have got
 * them.
 */
export class Unplaced {
  private recent: Published[] = [];
  private rounds: Round[] = [];
  /** How many there are for each user. */
  private readonly counts = new Map<number, number>();

  add(userid: number, message: Message): void {
    this.recent.push([userid, message]);
    this.counts.set(userid, (this.counts.get(userid) ?? 0) + 1);
  }

  /** Whether there is one for a user. */
  has(userid: number): boolean {
    return this.counts.has(userid);
  }

  /**
   * @param links to all nodes of ours that may have received something since the last call
   * @returns the users for whom there is none any more
   */
  beat(links: readonly Outgoing[]): Set<number> {
    const arrived = this.rounds.filter(hasArrived);
    this.rounds = this.rounds.filter((round) => !arrived.includes(round));
    const users = new Set<number>();
    for (const one of arrived.flatMap(({ published }) => published)) {
      const [userid, message] = one;
      this.less(one);
      message.settle(userid);
      if (!this.has(userid)) users.add(userid);
    }
    if (this.recent.length > 0) {
      const parcels = new Map(links.map((link) => [link, link.probe()]));
      this.rounds.push({ published: this.recent, parcels });
      this.recent = [];
    }
    return users;
  }

  /** It is known now where a user is. */
  found(userid: number, place: (userid: number, message: Message) => boolean): void {
    if (!this.has(userid)) return;
    const stays = (one: Published) => one[0] !== userid || !place(...one) || !this.less(one);
    for (const round of this.rounds) round.published = round.published.filter(stays);
    if (this.recent.length > 0) this.recent = this.recent.filter(stays);
  }

  /** Takes all of them, in order, by user: nobody knows whether they were received. */
  takeAll(): Map<number, Message[]> {
    const all = [...this.rounds.flatMap(({ published }) => published), ...this.recent];
    this.rounds = [];
    this.recent = [];
    this.counts.clear();
    const byUser = new Map<number, Message[]>();
    for (const [userid, message] of all) append(byUser, userid, message);
    return byUser;
  }

  private less([userid]: Published): true {
    const count = this.counts.get(userid) ?? 0;
    if (count > 1) this.counts.set(userid, count - 1);
    else this.counts.delete(userid);
    return true;
  }

  /** Nothing more will be known of any. Returns the users for whom there were some. */
  end(): Iterable<number> {
    const all = this.takeAll();
    for (const [userid, messages] of all) for (const message of messages) message.settle(userid);
    return all.keys();
  }
}

function hasArrived({ parcels }: Round): boolean {
  for (const [link, number] of parcels) if (link.confirmedUpTo < number) return false;
  return true;
}
