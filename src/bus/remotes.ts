import type { Message } from './message.js';
import type { Link, Remote } from './remote.js';

/** How a user who is not here is reached: over a link that takes a message now, or later; or nobody knows. */
export type Way = 'open' | 'wait' | 'unknown';

/**
 * Who got what was published. It is to be tried again when the user's way is known by now, or when the one that was
 * counted may be the one that has not heard it.
 */
export type Receipt = 'received' | 'nobody' | 'again';

/** Which users are on which other nodes of ours. */
export class Remotes {
  private readonly remotes = new Map<number, Remote>();

  get(userid: number): Remote | undefined {
    return this.remotes.get(userid);
  }

  /** The users on a node. */
  on(link: Link): Remote[] {
    return [...this.remotes.values()].filter((remote) => remote.link === link);
  }

  /** Whether messages are under way whose nodes have not said what became of them. */
  get areOpen(): boolean {
    for (const { outstanding } of this.remotes.values()) if (outstanding > 0) return true;
    return false;
  }

  /** Whether messages for a user are with another node, or come back from it. */
  isSettling(userid: number): boolean {
    const remote = this.remotes.get(userid);
    return remote !== undefined && isSettling(remote);
  }

  /** @param isUp whether the nodes can be spoken to */
  way(userid: number, isUp: boolean): Way {
    const remote = this.remotes.get(userid);
    if (remote === undefined) return 'unknown';
    const { link, at, outstanding, refused } = remote;
    if (refused.length > 0 || (outstanding > 0 && (at !== link || !isUp))) return 'wait';
    if (link === undefined || !isUp) return 'unknown';
    return link.hasRoom(remote) ? 'open' : 'wait';
  }

  /** The user is on this node now. */
  came(userid: number, link: Link): void {
    const remote = this.remotes.get(userid);
    if (remote === undefined) {
      const fresh = { userid, link, at: link, outstanding: 0, refused: [], owned: false, waiting: false };
      this.remotes.set(userid, fresh);
    } else if (remote.link !== link) {
      remote.link = link;
      remote.owned = false;
    }
  }

  /** Whether another node has let the user in. */
  isOwned(userid: number): boolean {
    const remote = this.remotes.get(userid);
    return remote?.link !== undefined && remote.owned;
  }

  /** The user is on no other node. False while messages for it are under way: then it is known until they are not. */
  left(remote: Remote): boolean {
    remote.link = undefined;
    return this.forget(remote);
  }

  /** Forgets a user who is nowhere and for whom nothing is under way. False when that is not so. */
  forget(remote: Remote): boolean {
    if (remote.link !== undefined || isSettling(remote)) return false;
    return this.remotes.delete(remote.userid);
  }
}

/** Takes what came back, in the order it was sent in. */
export function takeRefused(remote: Remote): Message[] {
  const { refused } = remote;
  remote.refused = [];
  return refused.sort((a, b) => a.order - b.order).map(({ message }) => message);
}

function isSettling({ outstanding, refused }: Remote): boolean {
  return outstanding > 0 || refused.length > 0;
}
