import type { LocalNode } from './local.js';
import type { Message } from './message.js';
import type { Published, Remote, Remotes } from './remote.js';
import type { Sender } from './sender.js';

/** The users to whom something was published between two beats. */
interface Round {
  readonly beat: number;
  readonly users: Iterable<Remote>;
  /** The batch that each node must have before it is known whose these users are. */
  readonly batches: ReadonlyMap<Sender, number>;
}

/** A user who has come here waits at most five beats, 1 to 1.25 s, for what was published before. */
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
  /** Those to whom something was published that nobody is known to have; and those since the last beat. */
  private readonly users = new Set<Remote>();
  private recent = new Set<Remote>();
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
    const remote = this.remotes.of(userid);
    if (this.sendMark(remote, message)) return;
    this.keep(remote, [...remote.published, { message, beat: this.beats }]);
    this.recent.add(remote);
  }

  /**
   * A round that every node of ours has answered, and nobody has claimed, was received by an original node.
   *
   * @param deaf nodes that cannot have received anything since the last call
   */
  beat(deaf: readonly string[]): void {
    const isOver = ({ batches }: Round) =>
      [...batches].every(([sender, number]) => sender.ackedUpTo >= number);
    const over = this.asked.filter(isOver);
    const beats = new Set(over.map(({ beat }) => beat));
    this.asked = this.asked.filter(({ beat }) => !beats.has(beat));
    for (const { users } of over) for (const remote of users) this.received(remote, beats);
    const beat = this.beats++;
    this.returnToThoseHere();
    if (this.recent.size === 0) return;
    const hearing = [...this.senders].filter(([node]) => !deaf.includes(node));
    const batches = new Map(hearing.map(([, sender]) => [sender, sender.probe()]));
    this.asked.push({ beat, users: this.recent, batches });
    this.recent = new Set();
  }

  /** It is known now where a user is. */
  claim(remote: Remote): void {
    if (!remote.isUnclaimed) return;
    this.keep(
      remote,
      remote.published.filter(({ message }) => !this.sendMark(remote, message)),
    );
  }

  /** A node may not have received what was published: all of it comes back, for some users in each turn of the event loop. */
  doubt(): void {
    this.doubts++;
    this.asked = [];
    this.recent = new Set();
    for (const remote of this.users) this.giveBack(remote);
  }

  /** Nothing more will be known of any. */
  end(): void {
    const all = new Set([...this.asked.map(({ beat }) => beat), this.beats]);
    for (const remote of this.users) this.received(remote, all);
  }

  /** An original node has received the messages that were published to a user at these beats. */
  private received(remote: Remote, beats: ReadonlySet<number>): void {
    const { userid, published } = remote;
    // It may be forgotten by now, and another Remote be known for the same user.
    if (published.length === 0) return;
    const received = published.filter(({ beat }) => beats.has(beat));
    this.keep(
      remote,
      published.filter(({ beat }) => !beats.has(beat)),
    );
    for (const { message } of received) message.settle(userid, 'elsewhere');
    if (received.length > 0 && !remote.isUnclaimed) this.local.events.reachChanged(userid);
  }

  private returnToThoseHere(): void {
    for (const remote of this.users) {
      const isLate = remote.published.some(({ beat }) => this.beats - beat >= PATIENCE);
      if (isLate && this.local.events.isHere(remote.userid)) this.giveBack(remote);
    }
  }

  private giveBack(remote: Remote): void {
    const messages = remote.published.map(({ message }) => message);
    // While these come back it is not forgotten, and need not be known anew.
    this.remotes.giveBack(remote.userid, messages);
    this.keep(remote, []);
  }

  private keep(remote: Remote, published: readonly Published[]): void {
    remote.setPublished(published);
    if (published.length > 0) this.users.add(remote);
    else this.users.delete(remote);
    this.remotes.forget(remote);
  }

  /** Lets its node acknowledge a message that was published to a user. False when it is not known where the user is. */
  private sendMark(remote: Remote, message: Message): boolean {
    const sender = remote.node === undefined ? undefined : this.senders.get(remote.node);
    if (sender === undefined || (remote.isInFlight && remote.via !== remote.node)) return false;
    sender.sendMark(message, remote);
    return true;
  }
}
