import { inFrames, type LocalNode } from './local.js';
import type { FrameOf, Saying } from './wire.js';

/** In each tenth beat all is said again. */
const AGAIN = 10;

/**
 * Users who have left a node that still has numbers of their messages which the database does not take: what the database
 * has of them is not all. Another node that lets such a user in must not take a number that it does not find for new.
 *
 * 1. A node says so before other nodes can let the user in, and again when it greets or is greeted, and now and then: it
 *    may have been taken for dead.
 * 2. When a node has ended, the users that it has named are forgotten: its numbers have ended with it.
 */
export class Unwritten {
  private readonly here = new Set<number>();
  /** Whether another node may have heard anything of this. */
  private hasSaid = false;
  private beats = 0;
  private readonly byNode = new Map<string, Set<number>>();
  private readonly local: Pick<LocalNode, 'say'>;

  constructor(local: Pick<LocalNode, 'say'>) {
    this.local = local;
  }

  /** Whether another node has numbers of a user which the database does not have. */
  isElsewhere(userid: number): boolean {
    for (const userids of this.byNode.values()) if (userids.has(userid)) return true;
    return false;
  }

  /** This node has numbers of a user which the database does not have. Resolves when that is said. */
  async add(userid: number): Promise<void> {
    this.here.add(userid);
    this.hasSaid = true;
    await this.say(undefined, { userids: [userid] });
  }

  /** The database has all numbers of a user that this node knows. */
  remove(userid: number): void {
    if (this.here.delete(userid)) void this.say(undefined, { written: [userid] });
  }

  /** Says all of it, to one other node or to all: what was said before and is not repeated does not hold any more. */
  tell(node?: string): void {
    if (!this.hasSaid) return;
    const [first = [], ...others] = inFrames([...this.here]);
    void this.say(node, { whole: true, userids: first });
    for (const userids of others) void this.say(node, { userids });
  }

  /** See MediumEvents. */
  beat(): void {
    if (this.here.size > 0 && ++this.beats % AGAIN === 0) this.tell();
  }

  /** Another node says so. */
  heard({ node, whole, userids, written }: FrameOf<'unwritten'>): void {
    const there = (whole ? undefined : this.byNode.get(node)) ?? new Set();
    for (const userid of userids) there.add(userid);
    for (const userid of written) there.delete(userid);
    if (there.size > 0) this.byNode.set(node, there);
    else this.byNode.delete(node);
  }

  /** Another node has ended. */
  gone(node: string): void {
    this.byNode.delete(node);
  }

  private say(node: string | undefined, saying: Partial<Saying<'unwritten'>>): Promise<number> {
    return this.local.say(node, 'unwritten', { whole: false, userids: [], written: [], ...saying });
  }
}
