import type { Letter } from './letter.js';
import type { Outgoing } from './outgoing.js';

type Published = readonly [userid: number, letter: Letter];

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

  add(userid: number, letter: Letter): void {
    this.recent.push([userid, letter]);
  }

  /** @param links to all nodes of ours */
  beat(links: readonly Outgoing[]): void {
    while (this.rounds[0] !== undefined && hasArrived(this.rounds[0])) {
      for (const [userid, letter] of this.rounds.shift()?.published ?? []) letter.done(userid);
    }
    if (this.recent.length === 0) return;
    this.rounds.push({ published: this.recent, parcels: new Map(links.map((link) => [link, link.probe()])) });
    this.recent = [];
  }

  /** It is known now where a user is. */
  found(userid: number, place: (userid: number, letter: Letter) => boolean): void {
    const stays = ([id, letter]: Published) => id !== userid || !place(id, letter);
    for (const round of this.rounds) round.published = round.published.filter(stays);
    if (this.recent.length > 0) this.recent = this.recent.filter(stays);
  }

  /** Takes all of them, in order, by user: nobody knows whether they were received. */
  takeAll(): Map<number, Letter[]> {
    const all = [...this.rounds.flatMap(({ published }) => published), ...this.recent];
    this.rounds = [];
    this.recent = [];
    const byUser = new Map<number, Letter[]>();
    for (const [userid, letter] of all) byUser.set(userid, [...(byUser.get(userid) ?? []), letter]);
    return byUser;
  }

  /** Nothing more will be known of any. */
  end(): void {
    for (const [userid, letters] of this.takeAll()) for (const letter of letters) letter.done(userid);
  }
}

function hasArrived({ parcels }: Round): boolean {
  for (const [link, number] of parcels) if (link.confirmedUpTo < number) return false;
  return true;
}
