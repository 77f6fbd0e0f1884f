import type { BusEvents, BusWatch } from './events.js';
import { LocalNode } from './local.js';
import type { Medium } from './medium.js';
import { Membership } from './membership.js';
import type { Message } from './message.js';
import { type Route, Routes } from './routes.js';
import { Unclaimed } from './unclaimed.js';
import { ANY_SPEECH, type Ban, encode } from './wire.js';

/** By so many beats after this node came all others know that it is there. */
const SURE = 3;

/**
 * Who got what was published. It is to be tried again when the user's route is known by now, or when the one that was
 * counted may be the one that has not heard it.
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
  private readonly routes: Routes;
  private readonly unclaimed: Unclaimed;
  private readonly membership: Membership;
  /** Since the medium is there. */
  private beats = 0;
  private hasClosed = false;

  /** @param speech how this node's clients speak: those of all nodes must speak alike */
  constructor(medium: Medium, speech = ANY_SPEECH) {
    this.medium = medium;
    this.local = new LocalNode(medium, speech);
    this.routes = new Routes(this.local);
    this.unclaimed = new Unclaimed(this.local, this.routes);
    this.membership = new Membership(this.local, this.routes, this.unclaimed);
  }

  /** See BusWatch. */
  set watch(watch: BusWatch | undefined) {
    this.local.watch = watch;
  }

  /** What the other nodes call this one: another name at each start. */
  get name(): string {
    return this.local.name;
  }

  /** Whether another node of ours has this name, and is not known to have ended. */
  knows(node: string): boolean {
    return this.routes.senders.has(node);
  }

  /** How many other nodes of ours there are. */
  get others(): number {
    return this.routes.senders.size;
  }

  /** What other nodes have not said they have: how many bytes, and since when by `performance.now()`. */
  get unconfirmed(): { readonly bytes: number; readonly since: number } {
    const all = [...this.routes.senders.values()].map(({ unconfirmed }) => unconfirmed);
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
    this.local.start(events);
    await this.medium.start(this.local.name, {
      received: (userid, bytes) => this.received(userid, bytes),
      heard: (bytes) => {
        if (!this.hasClosed) this.membership.heard(bytes);
      },
      up: (up) => this.upChanged(up),
      gone: (node) => this.membership.gone(node),
      beat: (deaf) => {
        this.beats++;
        this.unclaimed.beat(deaf);
      },
      nodes: () => [...this.routes.senders.keys()],
    });
    this.local.isUp = true;
    await this.greet();
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
    const { users, movements } = this.local;
    users.add(userid);
    await movements.came(userid);
    if (users.has(userid)) await this.medium.subscribe(userid);
  }

  /** Messages for these users shall come here no more. Never rejects. */
  async forget(userids: readonly number[]): Promise<void> {
    const { users, movements } = this.local;
    for (const userid of userids) users.delete(userid);
    await Promise.all(userids.map((userid) => this.medium.unsubscribe(userid)));
    const left = userids.filter((userid) => !users.has(userid));
    await Promise.all(left.map((userid) => movements.left(userid)));
  }

  /** The user has been let in here: no other node of ours may let it in. Called between `listen` and `forget`. */
  own(userid: number): void {
    this.local.movements.owned(userid);
  }

  /** Whether another node of ours has let the user in. */
  isOwned(userid: number): boolean {
    const remote = this.routes.remotes.get(userid);
    return remote?.node !== undefined && remote.isOwned;
  }

  /** How many nodes listen for a user. Rejects when the bus is away. */
  async subscribers(userid: number): Promise<number> {
    const count = await this.medium.subscribers(userid);
    if (count !== undefined) return count;
    const isElsewhere = this.routes.remotes.get(userid)?.node !== undefined;
    return Number(this.local.users.has(userid)) + Number(isElsewhere);
  }

  /** How a user who is not here is reached now. A question: `awaitRoute` lets `routeChanged` tell of another answer. */
  route(userid: number): Route {
    return this.routes.to(userid);
  }

  /** The route to this user is `wait`: `routeChanged` tells when it may be another. */
  awaitRoute(userid: number): void {
    this.routes.awaitCredit(userid);
  }

  /** Sends to users whose route is open. The message is settled when it has left for each, or it comes back. */
  send(userids: readonly number[], message: Message): void {
    this.routes.send(userids, message);
  }

  /** Whether messages to a user are with another node that has not said what became of them, or come back from it. */
  isInFlight(userid: number): boolean {
    return this.routes.remotes.get(userid)?.isBusy === true;
  }

  /** Whether a message was published to a user and may come back; `routeChanged` tells when it cannot any more. */
  isUnclaimed(userid: number): boolean {
    return this.unclaimed.has(userid);
  }

  /**
   * Publishes to a user whose route is unknown. What was received is settled once it is known that it was by an
   * original node, or, by a node of ours, what became of it.
   */
  async publish(userid: number, message: Message): Promise<Receipt> {
    // Nobody was told of what was stored while the bus was away, and where everybody is now is not known yet: what
    // is published would overtake it.
    await this.membership.greeting.over;
    if (this.hasClosed || !this.local.isUp) return 'nobody';
    if (this.route(userid) !== 'unknown') return 'again';
    for (const sender of this.routes.senders.values()) sender.flushStored();
    this.local.movements.flush();
    const { doubts } = this.unclaimed;
    const count = await this.medium.publish(userid, message.bytes);
    if (count === 0) return 'nobody';
    if (doubts !== this.unclaimed.doubts) return 'again';
    if (this.membership.hasBeenAlone) message.settle(userid, 'elsewhere');
    else if (!this.routes.confirm(userid, message)) this.unclaimed.add(userid, message);
    return 'received';
  }

  /** Tells all nodes that messages for these users are stored, before anything that is sent after it. */
  tellStored(userids: Iterable<number>): void {
    for (const sender of this.routes.senders.values()) sender.addStored(userids);
  }

  /** Tells all nodes to let go a user who comes here. */
  tellTaken(userid: number): void {
    this.local.say(undefined, 'taken', { userids: [userid] });
  }

  /** Tells all nodes that nobody may log in to an account for some time. */
  tellBanned(ban: Ban): void {
    this.local.say(undefined, 'banned', { still: false, bans: [ban] });
  }

  /**
   * Waits, for so many ms at most, until all other nodes have acknowledged everything. What they have not is given
   * back: it is to be stored. Calls nothing any more after that.
   */
  async close(ms: number): Promise<void> {
    const { local, routes } = this;
    await local.drained.until(() => !local.isUp || !routes.remotes.areInFlight, ms);
    this.hasClosed = true;
    this.membership.close();
    local.isUp = false;
    this.unclaimed.end();
    await this.medium.close();
  }

  /** Says all about this node, and hears all about the others. */
  private greet(): Promise<void> {
    const { greeting } = this.membership;
    // Redis counts this node too.
    return greeting.greet(async () => {
      this.local.movements.flush();
      const state = encode('state', this.local.name, this.membership.state(true));
      return (await this.medium.tell(undefined, state)) - 1;
    });
  }

  private received(userid: number, bytes: Buffer): void {
    // A node that took this one for dead may not know yet that it is back: it stores messages, and tells nobody.
    if (!this.local.isUp || this.beats < SURE) this.local.events.mayBeStored(userid);
    this.local.events.receiveUnconfirmed(userid, bytes);
  }

  private upChanged(isUp: boolean): void {
    this.local.isUp = isUp;
    this.beats = 0;
    if (isUp) void this.greet();
    else {
      this.membership.cutOff();
      this.local.drained.tell();
    }
    this.local.events.changed(isUp);
  }
}
