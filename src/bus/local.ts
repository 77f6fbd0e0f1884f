import { randomBytes } from 'node:crypto';
import { type Flushable, flushLater } from '../net/flusher.js';
import { Signal } from '../net/signal.js';
import type { Medium } from './medium.js';
import type { Message } from './message.js';
import { type Ban, encode, type Kind, type Recalled, type Saying, type Speech } from './wire.js';

/** The bus tells these to the node that it belongs to, or asks them of it. */
export interface BusEvents {
  /** A message for a user, or a mark. False when the user is not here: then the sender delivers the message anew. */
  receive(userid: number, message: Message): boolean;

  /** A message came on a user's channel, from an original node or from one that did not know where the user is. */
  receivePublished(userid: number, message: Buffer): void;

  /** Whether the user is logged in here. */
  isHere(userid: number): boolean;

  /** Messages that were on their way to a user and did not arrive: to be delivered anew, before all others for it. */
  returned(userid: number, messages: readonly Message[]): void;

  /** It may be reached in another way now, or have credit again: this user, or any. */
  reachChanged(userid?: number): void;

  /** Another node has stored messages for these users. */
  stored(userids: readonly number[]): void;

  /** Another node may have stored messages without telling this one: for this user, or for any. */
  mayBeStored(userid?: number): void;

  /**
   * Another node says that these users come to it, and are to be let go here. It waits for the word that they have been
   * (Bus.tellReleased).
   */
  taken(userids: readonly number[], node: string): void;

  /** A user is on another node, too, and does not stay here. */
  lostContest(userid: number): void;

  /**
   * Another node says that nobody may log in to these accounts for some time.
   *
   * @param still it was said before, perhaps not to this node: it shortens nothing
   */
  banned(bans: readonly Ban[], still: boolean): void;

  /** A user of another node has taken a message back. */
  recalled(recalled: Recalled): void;

  /** The accounts that nobody may log in to now: for a node that is new, or back. */
  bans(): readonly Ban[];
}

/** Is told how the bus does, where somebody wants to know. */
export interface BusWatch {
  /** Another node has acknowledged a number of messages, after a number of seconds. */
  acked(messages: number, seconds: number): void;
}

/** At most 1,000 users are in one frame that says what became of them. */
const TOGETHER = 1000;

/** The same users, or accounts, in parts that are not too much for one frame. */
export function inFrames<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / TOGETHER);
  return Array.from({ length: count }, (_, i) => all.slice(i * TOGETHER, (i + 1) * TOGETHER));
}

/**
 * This node among the others: its name, its users, and its frames. One frame names all who come, leave and are let in
 * during one turn of the event loop: with a frame for each user, a login on one of four workers costs more there
 * and at its peers than the login itself does at one process.
 *
 * 1. Before anything else is said, the users are named who have come, left and been let in: all is heard in the order
 *    in which it happened here.
 * 2. A frame has a user once: a user who comes, leaves and comes again in one turn is in three frames.
 */
export class LocalNode implements Flushable {
  /** Another one at each start: a node that starts again is a new one to the others. */
  readonly name = randomBytes(8).toString('hex');
  readonly speech: Speech;
  /** The users for whom messages shall come here. */
  readonly users = new Set<number>();
  /** Whether other nodes can be spoken to. */
  isUp = false;
  watch: BusWatch | undefined;
  /** The rest of this node, as the bus tells and asks it. Bus.start sets it, before anything can be heard. */
  events!: BusEvents;
  private readonly medium: Pick<Medium, 'tell'>;
  private readonly coming = new Set<number>();
  private readonly leaving = new Set<number>();
  private readonly letIn = new Set<number>();
  /** Tells that who has come, left and been let in has been said. */
  private readonly said = new Signal();
  private isPlanned = false;

  constructor(medium: Pick<Medium, 'tell'>, speech: Speech) {
    this.medium = medium;
    this.speech = speech;
  }

  /** The user comes to this node. Resolves when that is said. */
  came(userid: number): Promise<void> {
    if (this.leaving.has(userid) || this.letIn.has(userid)) this.flush();
    return this.note(this.coming, userid);
  }

  /** The user has left this node. Resolves when that is said. */
  left(userid: number): Promise<void> {
    if (this.coming.has(userid) || this.letIn.has(userid)) this.flush();
    return this.note(this.leaving, userid);
  }

  /** The user, who came before, is let in here. */
  owned(userid: number): void {
    if (this.leaving.has(userid)) this.flush();
    void this.note(this.letIn, userid);
  }

  /** Says at once who has come, left and been let in. */
  flush(): void {
    this.isPlanned = false;
    const { coming, leaving, letIn } = this;
    if (coming.size + leaving.size + letIn.size === 0) return;
    const [came, left, userids] = [[...coming], [...leaving], [...letIn]];
    for (const all of [coming, leaving, letIn]) all.clear();
    if (came.length + left.length > 0) void this.say(undefined, 'moved', { came, left });
    if (userids.length > 0) void this.say(undefined, 'owned', { userids });
    this.said.tell();
  }

  /** Says something to one node, or to all. Resolves with how many got it. While the medium is away it is lost. */
  say<K extends Kind>(node: string | undefined, kind: K, saying: Saying<K>): Promise<number> {
    return this.send(node, encode(kind, this.name, saying));
  }

  /** Says what is a frame already. */
  send(node: string | undefined, frame: Buffer): Promise<number> {
    this.flush();
    return this.isUp ? this.medium.tell(node, frame) : Promise.resolve(0);
  }

  private note(users: Set<number>, userid: number): Promise<void> {
    if (users.size === TOGETHER) this.flush();
    users.add(userid);
    if (!this.isPlanned) flushLater(this);
    this.isPlanned = true;
    return this.said.next();
  }
}
