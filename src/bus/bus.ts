import { type BusEvents, type BusWatch, LocalNode } from './local.js';
import type { Medium } from './medium.js';
import { Membership } from './membership.js';
import type { Message } from './message.js';
import { type Remote, Remotes } from './remote.js';
import type { Sender } from './sender.js';
import { Unclaimed } from './unclaimed.js';
import { ANY_SPEECH, type Ban, type Recalled } from './wire.js';

/** Three beats after this node came all others know that it is there. */
const SURE = 3;

/**
 * How a user who is not here is reached: its node takes a message now, or later, when what is in flight has ended or
 * there is credit again; or nobody knows where the user is.
 */
export type Reach = 'now' | 'later' | 'unknown';

/** All that is known of the way to a user. */
export interface Way {
  readonly reach: Reach;
  /** Whether messages to it are with another node that has not said what became of them, or come back from it. */
  readonly isInFlight: boolean;
  /** Whether one that was published to it may come back; `reachChanged` tells when it cannot any more. */
  readonly isUnclaimed: boolean;
}

/** To a user who is on no other node, and to whom nothing is on its way. */
const NO_WAY: Way = { reach: 'unknown', isInFlight: false, isUnclaimed: false };

/**
 * Says who got a message that was published. The message is to be tried again when it is known by now where the user
 * is, or when the one receiver that was counted may not have heard it.
 */
export type Receipt = 'received' | 'nobody' | 'again';

/**
 * How nodes reach each other's users. Where nodes of ours are, numbered batches go to them, and they acknowledge what
 * has left for each user; nothing is forgotten before (DIFFERENCES 18). To all others messages are published as the
 * original does (PROTOCOL.md section 6).
 */
export class Bus {
  private readonly medium: Medium;
  private readonly local: LocalNode;
  private readonly remotes: Remotes;
  /** To the other nodes of ours, by their names. */
  private readonly senders = new Map<string, Sender>();
  private readonly unclaimed: Unclaimed;
  private readonly membership: Membership;
  /** Since the medium is there. */
  private beats = 0;

  /** @param speech how this node's clients speak: those of all nodes must speak alike */
  constructor(medium: Medium, speech = ANY_SPEECH) {
    this.medium = medium;
    this.local = new LocalNode(medium, speech);
    this.remotes = new Remotes(this.local);
    this.unclaimed = new Unclaimed(this.local, this.remotes, this.senders);
    this.membership = new Membership(this.local, this.remotes, this.senders, this.unclaimed);
  }

  /** See BusWatch. */
  set watch(watch: BusWatch | undefined) {
    this.local.watch = watch;
  }

  /** The name of this node among the others: another one at each start. */
  get name(): string {
    return this.local.name;
  }

  /** Whether another node of ours has this name, and is not known to have ended. */
  knows(node: string): boolean {
    return this.senders.has(node);
  }

  /**
   * Until when another node of ours has acknowledged nothing that it should have, by `performance.now()`: until now while
   * it does not. It is asked to, so that the answer is true some time later.
   */
  silentUntil(node: string): number {
    const sender = this.senders.get(node);
    sender?.ask();
    return sender?.silentUntil ?? 0;
  }

  /** How many other nodes of ours there are. */
  get others(): number {
    return this.senders.size;
  }

  /** The batches that other nodes have not said they have: their bytes, and since when, by `performance.now()`. */
  get unacked(): { readonly bytes: number; readonly since: number } {
    const all = [...this.senders.values()].map(({ unacked }) => unacked);
    return {
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      since: Math.min(...all.map(({ since }) => since)),
    };
  }

  /**
   * Connects, and hears where everybody is. Rejects when the medium cannot be used, and when the clients of another
   * node speak another dialect: they would not understand each other.
   */
  async start(events: BusEvents): Promise<void> {
    this.local.events = events;
    await this.medium.start(this.local.name, {
      received: (userid, bytes) => this.received(userid, bytes),
      heard: this.membership.heard,
      up: (up) => this.upChanged(up),
      gone: this.membership.gone,
      beat: (deaf) => {
        this.beats++;
        for (const sender of this.senders.values()) sender.flushStored();
        this.unclaimed.beat(deaf);
        this.membership.unwritten.beat();
      },
      nodes: () => [...this.senders.keys()],
    });
    this.local.isUp = true;
    await this.membership.greet();
    const { foreign } = this.membership;
    if (foreign === undefined) return;
    await this.close(0);
    const { name } = this.local.speech;
    throw new Error(
      `another node speaks the dialect ${foreign.name}, this one ${name}: give all the same --dialect`,
    );
  }

  /** Messages for this user shall come here; the others know before any can. Never rejects. */
  async listen(userid: number): Promise<void> {
    const { users } = this.local;
    users.add(userid);
    await this.local.came(userid);
    if (users.has(userid)) await this.medium.subscribe(userid);
  }

  /** Messages for these users shall come here no more. Never rejects. */
  async forget(userids: readonly number[]): Promise<void> {
    const { users } = this.local;
    for (const userid of userids) users.delete(userid);
    await Promise.all(userids.map((userid) => this.medium.unsubscribe(userid)));
    const left = userids.filter((userid) => !users.has(userid));
    await Promise.all(left.map((userid) => this.local.left(userid)));
  }

  /** The user has been let in here: no other node of ours may let it in. Called between `listen` and `forget`. */
  own(userid: number): void {
    this.local.owned(userid);
  }

  /** Whether another node of ours has let the user in. */
  isOwned(userid: number): boolean {
    const remote = this.remotes.get(userid);
    return remote?.node !== undefined && remote.isOwned;
  }

  /** How many nodes listen for a user. Rejects when the bus is away. */
  async subscribers(userid: number): Promise<number> {
    const count = await this.medium.subscribers(userid);
    if (count !== undefined) return count;
    const isElsewhere = this.remotes.get(userid)?.node !== undefined;
    return Number(this.local.users.has(userid)) + Number(isElsewhere);
  }

  /** All that is known of the way to a user now. Asking changes nothing: see `awaitReach`. */
  way(userid: number): Way {
    const remote = this.remotes.get(userid);
    if (remote === undefined) return NO_WAY;
    return { reach: this.reachOf(remote), isInFlight: remote.isBusy, isUnclaimed: remote.isUnclaimed };
  }

  /** How a user who is not here is reached now. */
  reach(userid: number): Reach {
    const remote = this.remotes.get(userid);
    return remote === undefined ? 'unknown' : this.reachOf(remote);
  }

  /** The user is reached `later`: `reachChanged` tells when that may have changed. */
  awaitReach(userid: number): void {
    const remote = this.remotes.get(userid);
    const sender = remote && this.senderOf(remote);
    if (remote !== undefined && sender?.hasCredit(remote) === false) sender.awaitCredit(userid);
  }

  /**
   * Sends to a user who is reached now: false when it is not. The message is settled when it has left for the user, or it
   * comes back.
   */
  sendNow(userid: number, message: Message): boolean {
    const remote = this.remotes.get(userid);
    const sender = remote && this.senderNow(remote);
    if (remote === undefined || sender === undefined || typeof sender === 'string') return false;
    sender.send(message, [remote]);
    return true;
  }

  /** Sends to users who are reached now: once to each of their nodes. */
  sendToAll(userids: readonly number[], message: Message): void {
    const byNode = new Map<Sender, Remote[]>();
    for (const userid of userids) {
      const remote = this.remotes.get(userid);
      const sender = remote && this.senderOf(remote);
      if (remote === undefined || sender === undefined) continue;
      const there = byNode.get(sender) ?? [];
      there.push(remote);
      byNode.set(sender, there);
    }
    for (const [sender, there] of byNode) sender.send(message, there);
  }

  /**
   * Whether messages to a user are with another node that has not said what became of them, or come back from it, or were
   * published and nobody is known to have them.
   */
  isInFlight(userid: number): boolean {
    return this.remotes.get(userid)?.isBusy === true;
  }

  /**
   * Publishes to a user of whom nobody knows where it is, for a server of the original that may have the user: where there
   * can be none, nobody receives it. A message that somebody received is settled once it is known that this was an
   * original node, or what became of it at a node of ours.
   */
  async publish(userid: number, message: Message): Promise<Receipt> {
    // Nobody was told of what was stored while the bus was away, and where everybody is now is not known yet: what
    // is published would overtake it.
    await this.membership.greeted;
    if (this.membership.hasClosed || !this.local.isUp) return 'nobody';
    if (this.reach(userid) !== 'unknown') return 'again';
    // On a Redis Cluster what is sent to the user's node next could pass what was published.
    if (!this.medium.hasOriginals) return 'nobody';
    for (const sender of this.senders.values()) sender.flushStored();
    this.local.flush();
    const { doubts } = this.unclaimed;
    const count = await this.medium.publish(userid, message.bytes);
    if (count === 0) return 'nobody';
    if (doubts !== this.unclaimed.doubts) return 'again';
    if (this.membership.hasBeenAlone) message.settle(userid, 'elsewhere');
    else this.unclaimed.add(userid, message);
    return 'received';
  }

  /**
   * Tells all nodes that messages for these users are stored, before anything that is sent after it: at once where one of
   * the users is, or when one comes; else at the next beat, so that a message for somebody who is nowhere costs no node
   * a batch of its own.
   */
  tellStored(userids: Iterable<number>): void {
    for (const sender of this.senders.values()) sender.addStored(userids);
  }

  /** Tells all nodes to let go a user who comes here. */
  tellTaken(userid: number): void {
    void this.local.say(undefined, 'taken', { userids: [userid] });
  }

  /** Tells the node to which a user comes (BusEvents.taken) that this one has let the user go. */
  tellReleased(userid: number, node: string): void {
    void this.local.say(node, 'released', { userids: [userid] });
  }

  /**
   * Resolves when another node says that it has let a user go who comes here (tellTaken); or with `late`, as a node of the
   * version before does not say so.
   */
  released(userid: number, late: Promise<void>): Promise<void> {
    return this.membership.released(userid, late);
  }

  /** Tells all nodes that nobody may log in to an account for some time. */
  tellBanned(ban: Ban): void {
    void this.local.say(undefined, 'banned', { still: false, bans: [ban] });
  }

  /** Tells all nodes that a user has taken a message back. False while there are others and they cannot be told. */
  tellRecalled(recalled: Recalled): boolean {
    if (!this.local.isUp) return this.membership.hasBeenAlone;
    void this.local.say(undefined, 'recalled', recalled);
    return true;
  }

  /**
   * Tells all nodes that this one has numbers of a user's messages which the database does not have. Resolves when that
   * is said.
   */
  tellUnwritten(userid: number): Promise<void> {
    return this.membership.unwritten.add(userid);
  }

  /** The database has the numbers of a user's messages: all nodes are told, if they were told that it has not. */
  tellWritten(userid: number): void {
    this.membership.unwritten.remove(userid);
  }

  /** Whether another node has numbers of a user's messages which the database does not have. */
  isUnwrittenElsewhere(userid: number): boolean {
    return this.membership.unwritten.isElsewhere(userid);
  }

  /**
   * Waits until all other nodes have acknowledged everything, or nothing for `ms`. Messages that they have not are given
   * back: they are to be stored, and come twice where a node had them all the same. So a node that is only slow is waited
   * for. Calls nothing any more after that.
   */
  async close(ms: number): Promise<void> {
    const { local, remotes } = this;
    const isOver = () => !local.isUp || !remotes.areInFlight;
    let before: number;
    do {
      before = remotes.inFlight;
      await remotes.drained.until(isOver, ms);
    } while (!isOver() && remotes.inFlight < before);
    this.membership.close();
    await remotes.returned();
    local.isUp = false;
    this.unclaimed.end();
    await this.medium.close();
  }

  private received(userid: number, bytes: Buffer): void {
    // A node that took this one for dead may not know yet that it is back: it stores messages, and tells nobody.
    if (!this.local.isUp || this.beats < SURE) this.local.events.mayBeStored(userid);
    this.local.events.receivePublished(userid, bytes);
  }

  private upChanged(isUp: boolean): Promise<void> | void {
    this.local.isUp = isUp;
    this.beats = 0;
    const greeted = isUp ? this.membership.greet() : undefined;
    if (!isUp) {
      this.membership.cutOff();
      this.remotes.drained.tell();
    }
    this.local.events.reachChanged();
    // Other nodes may have stored messages meanwhile without telling this one.
    if (isUp) this.local.events.mayBeStored();
    return greeted;
  }

  private reachOf(remote: Remote): Reach {
    const sender = this.senderNow(remote);
    return typeof sender === 'string' ? sender : 'now';
  }

  /** The sender to the node of a user who is reached now; else how the user is reached. */
  private senderNow(remote: Remote): Sender | Exclude<Reach, 'now'> {
    const { isUp } = this.local;
    if (!remote.isInOrder || (remote.isInFlight && !isUp)) return 'later';
    const sender = this.senderOf(remote);
    if (sender === undefined || !isUp) return 'unknown';
    return sender.hasCredit(remote) ? sender : 'later';
  }

  private senderOf({ node }: Remote): Sender | undefined {
    return node === undefined ? undefined : this.senders.get(node);
  }
}
