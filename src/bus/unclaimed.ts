import { append } from './append.js';
import type { LocalNode } from './local.js';
import type { Message } from './message.js';
import type { Routes } from './routes.js';
import type { Sender } from './sender.js';

type Published = readonly [userid: number, message: Message];

/** What was published before a beat, and which batch each node must have before it is known whose these users are. */
interface Round {
  published: Published[];
  readonly batches: ReadonlyMap<Sender, number>;
}

/**
 * Messages that were published to users whose node was not known.
 *
 * 1. A node of ours claims its user by saying that the user is there: then it acknowledges the message.
 * 2. When all nodes of ours have what was sent to them after the message, and none has claimed it, an original node has
 *    received it.
 * 3. A node that is cut off has not, but its old connection still counts as a receiver. When it is back, or dead,
 *    nobody may have received the messages: all are delivered anew, better twice than never.
 */
export class Unclaimed {
  /** How many times nodes may not have received what was published. */
  doubts = 0;
  private recent: Published[] = [];
  private rounds: Round[] = [];
  /** How many there are for each user. */
  private readonly counts = new Map<number, number>();
  private readonly local: LocalNode;
  private readonly routes: Routes;

  constructor(local: LocalNode, routes: Routes) {
    this.local = local;
    this.routes = routes;
  }

  add(userid: number, message: Message): void {
    this.recent.push([userid, message]);
    this.counts.set(userid, (this.counts.get(userid) ?? 0) + 1);
  }

  /** Whether there is one for a user. */
  has(userid: number): boolean {
    return this.counts.has(userid);
  }

  /**
   * What every node of ours has been asked about by now was received by an original node.
   *
   * @param deaf nodes that cannot have received anything since the last call
   */
  beat(deaf: readonly string[]): void {
    const isOver = ({ batches }: Round) =>
      [...batches].every(([sender, number]) => sender.confirmedUpTo >= number);
    const over = this.rounds.filter(isOver);
    this.rounds = this.rounds.filter((round) => !over.includes(round));
    this.settle(over.flatMap(({ published }) => published));
    if (this.recent.length === 0) return;
    const asked = [...this.routes.senders].filter(([node]) => !deaf.includes(node));
    const batches = new Map(asked.map(([, sender]) => [sender, sender.probe()]));
    this.rounds.push({ published: this.recent, batches });
    this.recent = [];
  }

  /** It is known now where a user is. */
  claim(userid: number): void {
    if (!this.has(userid)) return;
    const isClaimed = ([id, message]: Published) => id === userid && this.routes.confirm(id, message);
    for (const round of this.rounds) round.published = this.without(round.published, isClaimed);
    this.recent = this.without(this.recent, isClaimed);
  }

  /** A node may not have received what was published: all of it comes back. */
  doubt(): void {
    this.doubts++;
    const byUser = new Map<number, Message[]>();
    for (const [userid, message] of this.takeAll()) append(byUser, userid, message);
    for (const [userid, messages] of byUser) this.local.events.returned(userid, messages);
  }

  /** Nothing more will be known of any. */
  end(): void {
    this.settle(this.takeAll());
  }

  private settle(all: readonly Published[]): void {
    for (const one of all) this.forget(one);
    for (const [userid, message] of all) message.settle(userid, 'elsewhere');
    for (const userid of new Set(all.map(([userid]) => userid)))
      if (!this.has(userid)) this.local.events.routeChanged(userid);
  }

  private takeAll(): Published[] {
    const all = [...this.rounds.flatMap(({ published }) => published), ...this.recent];
    this.rounds = [];
    this.recent = [];
    this.counts.clear();
    return all;
  }

  private without(all: readonly Published[], isOut: (one: Published) => boolean): Published[] {
    return all.filter((one) => {
      if (!isOut(one)) return true;
      this.forget(one);
      return false;
    });
  }

  private forget([userid]: Published): void {
    const count = this.counts.get(userid) ?? 0;
    if (count > 1) this.counts.set(userid, count - 1);
    else this.counts.delete(userid);
  }
}
