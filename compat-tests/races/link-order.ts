import { type Answer, decode, ENTRY, type Entry, type Place } from '../../src/bus/wire.js';

/** What the receiver has said of a message for one user. */
type Ending = 'open' | 'done' | 'refused';

/** More entries than a parcel has. */
const ENTRIES = 65_536;

/**
 * Sees that the messages for one user that one node has sent to another end in order: once one of them is done, all
 * before it are, but for those that came back. Nodes acknowledge a user's messages by it: "everything up to this one".
 */
export class LinkOrder {
  /** What did not end in order. */
  readonly faults: string[] = [];
  readonly #links = new Map<string, Link>();

  /** A node says something to another. */
  said(to: string, bytes: Buffer): void {
    const word = decode(bytes);
    if (word?.kind === 'parcel') this.#link(word.node, to, word.epoch).parcels.set(word.number, word.entries);
    if (word?.kind === 'answer') this.faults.push(...this.#link(to, word.node, word.epoch).answered(word));
  }

  #link(from: string, to: string, epoch: number): Link {
    const name = `${from} to ${to}, ${epoch}`;
    const link = this.#links.get(name) ?? new Link();
    this.#links.set(name, link);
    return link;
  }
}

class Link {
  readonly parcels = new Map<number, readonly Entry[]>();
  #upTo = 0;
  readonly #users = new Map<number, Map<number, Ending>>();

  answered({ upTo, whole, open, closed, refused }: Answer): string[] {
    if (whole)
      for (const endings of this.#users.values())
        for (const [entry, ending] of endings) if (ending === 'open') endings.set(entry, 'done');
    while (this.#upTo < upTo) this.#arrived(++this.#upTo);
    for (const place of open) this.#says(place, 'open');
    for (const place of closed) this.#says(place, 'done');
    for (const place of refused) this.#says(place, 'refused');
    return [...this.#users]
      .filter(([, endings]) => !isInOrder(endings))
      .map(([userid]) => `of user ${userid}`);
  }

  #arrived(number: number): void {
    for (const [index, { kind, userids }] of (this.parcels.get(number) ?? []).entries())
      if (kind === ENTRY.message)
        for (const userid of userids) this.#end(userid, number * ENTRIES + index, 'done');
  }

  #says([parcel, index, userid]: Place, ending: Ending): void {
    const endings = this.#users.get(userid);
    const entry = parcel * ENTRIES + index;
    // What was published on the user's channel is only confirmed over the link, after all that came before.
    if (endings?.has(entry)) endings.set(entry, ending);
  }

  #end(userid: number, entry: number, ending: Ending): void {
    const endings = this.#users.get(userid) ?? new Map<number, Ending>();
    endings.set(entry, ending);
    this.#users.set(userid, endings);
  }
}

/** Whether nothing is done behind something that is open. */
function isInOrder(endings: ReadonlyMap<number, Ending>): boolean {
  const all = [...endings.values()];
  const open = all.indexOf('open');
  return open < 0 || all.lastIndexOf('done') < open;
}
