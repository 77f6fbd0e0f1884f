import { guarded } from '../net/guard.js';
import { Signal } from '../net/signal.js';
import { Contested } from './contested.js';
import { inFrames, type LocalNode } from './local.js';
import { Long } from './long.js';
import { Receiver } from './receiver.js';
import type { Remotes } from './remote.js';
import { Sender } from './sender.js';
import type { Unclaimed } from './unclaimed.js';
import { Unwritten } from './unwritten.js';
import { decode, type FrameOf, type Kind, type Seen, type Speech } from './wire.js';

/** A node that stops has stored after this time what it could not deliver, in ms; unless its database was away. */
const STOPS = 10_000;
/** The others have at most this long to say who is on them, in ms. */
const ANSWERS = 1000;

/**
 * The other nodes of ours: which there are, who is on them, and when one has died. A node that comes, or is back, greets:
 * it says all about itself, and all others answer with the same.
 */
export class Membership {
  /** How another node's clients speak, if not as this one's. */
  foreign: Speech | undefined;
  /** Resolves when the last greeting is over: all have answered, or have had the time to. */
  greeted: Promise<void> = Promise.resolve();
  /** See hasClosed. */
  private isOver = false;
  readonly unwritten: Unwritten;
  private readonly answered = new Set<string>();
  private readonly answer = new Signal();
  private readonly receivers = new Map<string, Receiver>();
  /** Nodes that have said that they end, for STOPS. */
  private readonly closing = new Set<string>();
  private incarnations = 0;
  private readonly local: LocalNode;
  private readonly remotes: Remotes;
  private readonly senders: Map<string, Sender>;
  private readonly unclaimed: Unclaimed;
  /** While a node that has very many users says who they are: all that is heard meanwhile is done behind that. */
  private long: Long | undefined;
  private readonly handlers: { readonly [K in Exclude<Kind, 'state'>]: (frame: FrameOf<K>) => void } = {
    batch: (batch) => {
      if (!this.receiverOf(batch.node).heard(batch)) void this.sayState(batch.node);
    },
    ack: (ack) => this.senders.get(ack.node)?.acked(ack),
    moved: ({ node, came, left }) => this.heardMoved(node, came, left),
    taken: ({ userids, node }) => this.local.events.taken(userids, node),
    released: ({ userids }) => this.heardReleased(userids),
    owned: ({ node, userids }) => this.heardOwned(node, userids),
    banned: ({ bans, still }) => this.local.events.banned(bans, still),
    closed: ({ node }) => this.closed(node),
    recalled: (recalled) => this.local.events.recalled(recalled),
    unwritten: (unwritten) => this.unwritten.heard(unwritten),
  };
  private readonly contested: Contested;
  /** By user: tells that another node has let the user go. */
  private readonly awaited = new Map<number, Signal>();

  constructor(local: LocalNode, remotes: Remotes, senders: Map<string, Sender>, unclaimed: Unclaimed) {
    this.local = local;
    this.remotes = remotes;
    this.senders = senders;
    this.unclaimed = unclaimed;
    this.unwritten = new Unwritten(local);
    this.contested = new Contested({
      isHere: (userid) => local.events.isHere(userid),
      say: (userids) => {
        for (const came of inFrames(userids)) void local.say(undefined, 'moved', { came, left: [] });
      },
      letGo: (userid) => local.events.lostContest(userid),
    });
  }

  /** Whether this node has told the others that it ends: it hears nothing any more. */
  get hasClosed(): boolean {
    return this.isOver;
  }

  /** Whether there has never been another node. */
  get hasBeenAlone(): boolean {
    return this.incarnations === 0;
  }

  /** Says all about this node to all others. Resolves when the greeting is over. */
  greet(): Promise<void> {
    const answers = async () => {
      this.answered.clear();
      this.unwritten.tell();
      // A medium counts this node, too.
      const others = (await this.sayState(undefined)) - 1;
      await this.answer.until(() => this.answered.size >= others, ANSWERS);
      // A node that has very many users has answered in time, and is still being heard.
      await this.long?.done();
    };
    this.greeted = answers();
    return this.greeted;
  }

  /** A node has spoken. After `close` nobody listens. */
  readonly heard = (bytes: Buffer): void => {
    if (this.long === undefined) {
      const parts = this.handle(bytes);
      if (parts) this.begin(parts);
    } else this.long.add(() => this.handle(bytes));
  };

  /** Resolves when another node says that it has let the user go, or with `late`. */
  async released(userid: number, late: Promise<void>): Promise<void> {
    const signal = this.awaited.get(userid) ?? new Signal();
    this.awaited.set(userid, signal);
    await signal.or(late);
    if (this.awaited.get(userid) === signal) this.awaited.delete(userid);
  }

  /** This node is cut off from the others. */
  cutOff(): void {
    this.inOrder(() => {
      for (const receiver of this.receivers.values()) receiver.wasCutOff = true;
      this.unclaimed.doubt();
    });
  }

  /** A node is dead: what it had comes back, and what it was to deliver anew is delivered from here. */
  readonly gone = (node: string): void => this.inOrder(() => this.buried(node));

  /** Acknowledges at once what is to be acknowledged, and takes all nodes for dead. */
  close(): void {
    this.isOver = true;
    for (const receiver of this.receivers.values()) receiver.close();
    for (const node of [...this.senders.keys()]) this.endOf(node);
    void this.local.say(undefined, 'closed', {});
  }

  /**
   * A node ends. It may have stored messages without telling this one: they are looked for at once. The node
   * stores, too, what comes back to it now, and tells nobody: that is looked for when the node has stopped.
   */
  private closed(node: string): void {
    this.endOf(node);
    this.closing.add(node);
    this.local.events.mayBeStored();
    const stopped = guarded('the end of a node', () => {
      this.closing.delete(node);
      this.local.events.mayBeStored();
    });
    setTimeout(stopped, STOPS).unref();
  }

  private buried(node: string): void {
    if (this.isOver) return;
    const orphans = this.receivers.get(node)?.orphans ?? [];
    if (this.senders.has(node)) this.unclaimed.doubt();
    this.endOf(node);
    if (!this.closing.has(node)) this.local.events.mayBeStored();
    for (const [userid, messages] of orphans) this.remotes.giveBack(userid, messages);
  }

  /** Does this at once, or behind all that is under way. */
  private inOrder(work: () => void): void {
    if (this.long === undefined) work();
    else this.long.add(work);
  }

  /** Does the first part of a work, and the others in turns of their own. */
  private begin(parts: Iterator<void>): void {
    if (parts.next().done) return;
    // On a medium within the process another node may have answered, and begun a long one, during the first part.
    if (this.long !== undefined) this.long.add(() => parts);
    else
      this.long = new Long(parts, 'what another node says', () => {
        this.long = undefined;
      });
  }

  private handle(bytes: Buffer): Iterator<void> | void {
    const frame = this.isOver ? undefined : decode(bytes);
    if (frame === undefined || frame.node === this.local.name) return;
    if (frame.kind === 'state') return this.heardState(frame);
    this.handlers[frame.kind](frame as never);
  }

  private endOf(node: string): void {
    const sender = this.senders.get(node);
    this.receivers.delete(node);
    this.unwritten.gone(node);
    if (sender === undefined) return;
    this.senders.delete(node);
    this.remotes.nodeEnded(node);
    sender.end();
  }

  /**
   * A node says all about itself: it is new, or back, or asks for what it has missed. It may have hundreds of thousands of
   * users: they are heard in parts, and nothing else is heard before the last of them is.
   */
  private *heardState({ node, hello, userids, seen, speech }: FrameOf<'state'>): Iterator<void> {
    const isForeign = speech.fingerprint !== this.local.speech.fingerprint;
    // It waits for this.
    if (hello) this.answerGreeting(node);
    // The one of the two that starts gives up.
    if (isForeign) this.foreign = speech;
    else {
      for (const part of this.meet(node, hello, userids)) {
        yield part;
        if (this.isOver) return;
      }
      this.takeUp(node, seen);
    }
    this.answered.add(node);
    this.answer.tell();
  }

  /** The node lets nobody in before it has the last of this. */
  private answerGreeting(node: string): void {
    for (const bans of inFrames(this.local.events.bans()))
      void this.local.say(node, 'banned', { still: true, bans });
    this.unwritten.tell(node);
    void this.sayState(node);
  }

  /** Says all about this node, to one other or, as a greeting, to all. */
  private sayState(node: string | undefined): Promise<number> {
    const { users, speech } = this.local;
    const seen = [...this.receivers.values()].map((receiver) => receiver.seen);
    return this.local.say(node, 'state', { hello: node === undefined, userids: [...users], seen, speech });
  }

  private *meet(node: string, hello: boolean, userids: readonly number[]): Iterable<void> {
    if (hello && this.senders.has(node)) this.unclaimed.doubt();
    if (hello) this.local.events.mayBeStored();
    this.senderTo(node);
    const there = new Set<number>();
    for (const [n, some] of inFrames(userids).entries()) {
      if (n > 0) yield;
      for (const userid of some) there.add(userid);
      this.heardOwned(node, some);
    }
    for (const [n, some] of inFrames(this.remotes.on(node)).entries()) {
      if (n > 0) yield;
      for (const { userid } of some) if (!there.has(userid)) this.remotes.left(userid, node);
    }
  }

  /** The two nodes had lost each other: each says which batches it has, and sends the others again. */
  private takeUp(node: string, seen: readonly Seen[]): void {
    const receiver = this.receiverOf(node);
    if (this.local.isUp) receiver.wasCutOff = false;
    receiver.ack(true);
    const sender = this.senderTo(node);
    if (!sender.resend(seen.find((one) => one.node === this.local.name))) this.replace(node, sender);
  }

  /** A node had taken this one for dead, and is heard again: what it has not acknowledged is delivered anew. */
  private replace(node: string, old: Sender): void {
    const sender = this.newSender(node);
    sender.addStored(old.untold);
    old.end();
  }

  private heardMoved(node: string, came: readonly number[], left: readonly number[]): void {
    const { remotes, contested, local } = this;
    const isHere = (userid: number) => local.events.isHere(userid);
    this.senderTo(node);
    const named: number[] = [];
    for (const userid of came) {
      if (isHere(userid)) named.push(userid);
      else this.came(userid, node);
    }
    for (const userid of left) remotes.left(userid, node);
    // Of two nodes that both keep a user the one with the smaller name does.
    if (named.length > 0) contested.named(named, local.name < node);
    const ours = left.filter(isHere);
    if (ours.length > 0) contested.left(ours);
  }

  private heardOwned(node: string, userids: readonly number[]): void {
    this.heardMoved(node, userids, []);
    for (const userid of userids) {
      const remote = this.remotes.get(userid);
      if (remote?.node === node) remote.isOwned = true;
    }
  }

  /** A user is on a node. A user who has come is named once more when it is let in: that changes nothing. */
  private came(userid: number, node: string): void {
    const remote = this.remotes.of(userid);
    if (!remote.came(node) && !remote.isUnclaimed) return;
    // The user may have looked into the database before the last of what was stored for it was there.
    this.senders.get(node)?.flushStored();
    this.unclaimed.claim(remote);
    this.local.events.reachChanged(userid);
  }

  private heardReleased(userids: readonly number[]): void {
    for (const userid of userids) {
      const signal = this.awaited.get(userid);
      this.awaited.delete(userid);
      signal?.tell();
    }
  }

  private senderTo(node: string): Sender {
    return this.senders.get(node) ?? this.newSender(node);
  }

  private newSender(node: string): Sender {
    const sender = new Sender(node, ++this.incarnations, this.local, this.remotes);
    this.senders.set(node, sender);
    return sender;
  }

  private receiverOf(node: string): Receiver {
    const receiver =
      this.receivers.get(node) ?? new Receiver(node, this.local, () => this.senders.get(node)?.flushStored());
    this.receivers.set(node, receiver);
    return receiver;
  }
}
