import { append } from './append.js';
import type { LocalNode } from './local.js';
import type { Message } from './message.js';
import { type Remote, Remotes } from './remote.js';
import type { Sender } from './sender.js';

/**
 * How a user who is not here is reached: over its node, which takes a message now (`open`) or later (`wait`); or nobody
 * knows.
 */
export type Route = 'open' | 'wait' | 'unknown';

/** Which users are on which other nodes of ours, and how messages get there. */
export class Routes {
  readonly remotes = new Remotes();
  /** By the name of the node. */
  readonly senders = new Map<string, Sender>();
  private readonly local: LocalNode;

  constructor(local: LocalNode) {
    this.local = local;
  }

  /** How a user is reached now. */
  to(userid: number): Route {
    const remote = this.remotes.get(userid);
    if (remote === undefined) return 'unknown';
    const { isUp } = this.local;
    if (!remote.isInOrder || (remote.isBusy && !isUp)) return 'wait';
    const sender = this.senderOf(remote);
    if (sender === undefined || !isUp) return 'unknown';
    return sender.hasCredit(remote) ? 'open' : 'wait';
  }

  /** Tells by `routeChanged` when there is credit for a user. */
  awaitCredit(userid: number): void {
    const remote = this.remotes.get(userid);
    const sender = remote && this.senderOf(remote);
    if (remote !== undefined && sender?.hasCredit(remote) === false) sender.awaitCredit(userid);
  }

  /** Sends a message to users whose route is open: once to each of their nodes. */
  send(userids: readonly number[], message: Message): void {
    const [userid] = userids;
    const remote = userids.length === 1 && userid !== undefined ? this.remotes.get(userid) : undefined;
    // Most messages are for one user: they need no list for each node.
    if (remote !== undefined) this.senderOf(remote)?.send(message, [remote]);
    else for (const [sender, remotes] of this.byNode(userids)) sender.send(message, remotes);
  }

  /** Lets its node acknowledge a message that was published to a user. False when it is not known where the user is. */
  confirm(userid: number, message: Message): boolean {
    const remote = this.remotes.get(userid);
    const sender = remote && this.senderOf(remote);
    if (remote === undefined || sender === undefined || (remote.isInFlight && remote.via !== remote.node))
      return false;
    sender.confirm(message, remote);
    return true;
  }

  private byNode(userids: readonly number[]): Map<Sender, Remote[]> {
    const byNode = new Map<Sender, Remote[]>();
    for (const userid of userids) {
      const remote = this.remotes.get(userid);
      const sender = remote && this.senderOf(remote);
      if (remote !== undefined && sender !== undefined) append(byNode, sender, remote);
    }
    return byNode;
  }

  private senderOf({ node }: Remote): Sender | undefined {
    return node === undefined ? undefined : this.senders.get(node);
  }
}
