import { type Entry, entryNumber, type UserEntry } from '../../src/bus/bytes.js';
import { type Ack, decode, ENTRY } from '../../src/bus/wire.js';

/** The receiver's word on a message for one user. */
type Ending = 'open' | 'done' | 'bounced';

/**
 * Sees that the messages for one user that one node has sent to another end in order: once one of them is done, all
 * before it are, but for those that came back. Nodes acknowledge a user's messages by it: "everything up to this one".
 */
export class LinkOrder {
  /** The messages that did not end in order. */
  readonly faults: string[] = [];
  readonly #links = new Map<string, Link>();

  /** A node says something to another. */
  said(to: string, bytes: Buffer): void {
    const frame = decode(bytes);
    if (frame?.kind === 'batch')
      this.#link(frame.node, to, frame.incarnation).batches.set(frame.number, frame.entries);
    if (frame?.kind === 'ack')
      this.faults.push(...this.#link(to, frame.node, frame.incarnation).acked(frame));
  }

  #link(from: string, to: string, incarnation: number): Link {
    const name = `${from} to ${to}, ${incarnation}`;
    const link = this.#links.get(name) ?? new Link();
    this.#links.set(name, link);
    return link;
  }
}

class Link {
  readonly batches = new Map<number, readonly Entry[]>();
  #upTo = 0;
  readonly #users = new Map<number, Map<number, Ending>>();

  acked({ upTo, whole, open, done, bounced }: Ack): string[] {
    if (whole)
      for (const endings of this.#users.values())
        for (const [entry, ending] of endings) if (ending === 'open') endings.set(entry, 'done');
    while (this.#upTo < upTo) this.#arrived(++this.#upTo);
    for (const entry of open) this.#says(entry, 'open');
    for (const entry of done) this.#says(entry, 'done');
    for (const entry of bounced) this.#says(entry, 'bounced');
    return [...this.#users]
      .filter(([, endings]) => !isInOrder(endings))
      .map(([userid]) => `of user ${userid}`);
  }

  #arrived(number: number): void {
    for (const [index, { kind, userids }] of (this.batches.get(number) ?? []).entries())
      if (kind === ENTRY.message)
        for (const userid of userids) this.#end(userid, entryNumber(number, index), 'done');
  }

  #says([entry, userid]: UserEntry, ending: Ending): void {
    const endings = this.#users.get(userid);
    // A message that was published on the user's channel is only confirmed over the link, after all that came before.
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
