import type { LocalNode } from './local.js';
import type { Message } from './message.js';
import type { Remotes } from './remote.js';
import type { Sender } from './sender.js';

/** What was published between two beats. */
interface Round {
  readonly userids: Set<number>;
  /** Which batch each node must have before it is known whose these users are. */
  batches: ReadonlyMap<Sender, number>;
}

interface Published {
  readonly message: Message;
  readonly round: Round;
  /** How many beats there had been. */
  readonly beats: number;
}

/** Who has come here waits this many beats, at most, for what was published before: 1 to 1.25 s. */
const PATIENCE = 5;

/**
 * Messages that were published to users whose node was not known.
 *
 * 1. A node of ours claims its user by saying that the user is there: then it acknowledges the message.
 * 2. When all nodes of ours have what was sent to them after the message, and none has claimed it, an original node has
 *    received it.
 * 3. A node that is cut off has not, but its old connection still counts as a receiver. When it is back, or dead,
 *    nobody may have received the messages: all are delivered anew, better twice than never.
 * 4. To a user who has come here nothing newer goes before them (Bus.isInFlight). As nobody knows when a node that is cut
 *    off is back, or dead, they are delivered anew after PATIENCE.
 */
export class Unclaimed {
  /** How many times nodes may not have received what was published. */
  doubts = 0;
  /** By user, in the order in which they were published. */
  private readonly byUser = new Map<number, Published[]>();
  private recent = aRound();
  /** Rounds that all nodes have been asked about, oldest first. */
  private asked: Round[] = [];
  private beats = 0;
  private readonly local: LocalNode;
  private readonly remotes: Remotes;
  private readonly senders: ReadonlyMap<string, Sender>;

  constructor(local: LocalNode, remotes: Remotes, senders: ReadonlyMap<string, Sender>) {
    this.local = local;
    this.remotes = remotes;
    this.senders = senders;
  }

  /** A message was published to a user, and somebody has received it. */
  add(userid: number, message: Message): void {
    if (this.sendMark(userid, message)) return;
    const published = this.byUser.get(userid) ?? [];
    published.push({ message, round: this.recent, beats: this.beats });
    this.byUser.set(userid, published);
    this.recent.userids.add(userid);
  }

  /** Whether there is one for a user. */
  has(userid: number): boolean {
    return this.byUser.has(userid);
  }

  /**
   * What every node of ours has been asked about by now was received by an original node.
   *
   * @param deaf nodes that cannot have received anything since the last call
   */
  beat(deaf: readonly string[]): void {
    const isOver = ({ batches }: Round) =>
      [...batches].every(([sender, number]) => sender.ackedUpTo >= number);
    const over = new Set(this.asked.filter(isOver));
    this.asked = this.asked.filter((round) => !over.has(round));
    for (const { userids } of over) for (const userid of userids) this.received(userid, over);
    this.beats++;
    this.returnToThoseHere();
    if (this.recent.userids.size === 0) return;
    const hearing = [...this.senders].filter(([node]) => !deaf.includes(node));
    this.recent.batches = new Map(hearing.map(([, sender]) => [sender, sender.probe()]));
    this.asked.push(this.recent);
    this.recent = aRound();
  }

  /** It is known now where a user is. */
  claim(userid: number): void {
    const published = this.byUser.get(userid) ?? [];
    this.keep(
      userid,
      published.filter(({ message }) => !this.sendMark(userid, message)),
    );
  }

  /** A node may not have received what was published: all of it comes back, for some users in each turn of the event loop. */
  doubt(): void {
    this.doubts++;
    const all = [...this.byUser];
    this.byUser.clear();
    this.asked = [];
    this.recent = aRound();
    for (const [userid, published] of all) this.giveBack(userid, published);
  }

  /** Nothing more will be known of any. */
  end(): void {
    const all = new Set([...this.asked, this.recent]);
    for (const userid of [...this.byUser.keys()]) this.received(userid, all);
  }

  /** What was published to a user in these rounds was received by an original node. */
  private received(userid: number, rounds: ReadonlySet<Round>): void {
    const published = this.byUser.get(userid) ?? [];
    const received = published.filter(({ round }) => rounds.has(round));
    this.keep(
      userid,
      published.filter(({ round }) => !rounds.has(round)),
    );
    for (const { message } of received) message.settle(userid, 'elsewhere');
    if (received.length > 0 && !this.has(userid)) this.local.events.reachChanged(userid);
  }

  private returnToThoseHere(): void {
    for (const [userid, published] of this.byUser) {
      const isLate = published.some(({ beats }) => this.beats - beats >= PATIENCE);
      if (!isLate || !this.local.events.isHere(userid)) continue;
      this.byUser.delete(userid);
      this.giveBack(userid, published);
    }
  }

  private giveBack(userid: number, published: readonly Published[]): void {
    this.local.returning.add(
      userid,
      published.map(({ message }) => message),
    );
  }

  private keep(userid: number, published: Published[]): void {
    if (published.length > 0) this.byUser.set(userid, published);
    else this.byUser.delete(userid);
  }

  /** Lets its node acknowledge a message that was published to a user. False when it is not known where the user is. */
  private sendMark(userid: number, message: Message): boolean {
    const remote = this.remotes.get(userid);
    const sender = remote?.node === undefined ? undefined : this.senders.get(remote.node);
    if (remote === undefined || sender === undefined || (remote.isInFlight && remote.via !== remote.node))
      return false;
    sender.sendMark(message, remote);
    return true;
  }
}

function aRound(): Round {
  return { userids: new Set(), batches: new Map() };
}
