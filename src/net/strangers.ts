import { guarded } from './guard.js';
import { networkOf } from './network.js';

/** How often the connections are looked at, in ms. */
const LOOK = 1000;

/** A connection. */
export interface Stranger {
  readonly address: string;
  /** The users who are logged in on it. */
  readonly users: ReadonlySet<number>;
  sendAway(reason: string): void;
}

/**
 * Connections on which nobody is logged in: not yet, or not any more. They have a time for it, and one address
 * (IPv6: a /64) has a number of them: the longest waiting gives way to the next. Without that a silent address could
 * hold all places for ever, or one account log in on each of them and out again.
 */
export class Strangers {
  private readonly since = new Map<Stranger, number>();
  private readonly byNetwork = new Map<string, Set<Stranger>>();
  private readonly timer: NodeJS.Timeout;
  private readonly within: number;
  private readonly most: number;

  /**
   * @param within how long a connection may be without a user, in ms; Infinity for ever
   * @param most at most this many of one address
   */
  constructor(within: number, most: number) {
    this.within = within;
    this.most = most;
    this.timer = setInterval(guarded('a look at strangers', this.look.bind(this)), LOOK).unref();
  }

  /** It has come, or its last user has logged out. */
  add(stranger: Stranger): void {
    this.forget(stranger);
    const network = networkOf(stranger.address);
    const others = this.byNetwork.get(network) ?? new Set();
    this.byNetwork.set(network, others);
    this.since.set(stranger, performance.now());
    others.add(stranger);
    for (const other of others) {
      if (others.size <= this.most) break;
      const isStranger = other.users.size === 0;
      this.forget(other);
      if (isStranger) other.sendAway('others came from its address, and nobody is logged in on it');
    }
  }

  /** It is gone, or was seen to have a user. */
  forget(stranger: Stranger): void {
    if (!this.since.delete(stranger)) return;
    const network = networkOf(stranger.address);
    const others = this.byNetwork.get(network);
    others?.delete(stranger);
    if (others?.size === 0) this.byNetwork.delete(network);
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const before = performance.now() - this.within;
    for (const [stranger, since] of this.since) {
      if (since > before) break;
      const isStranger = stranger.users.size === 0;
      this.forget(stranger);
      if (isStranger) stranger.sendAway('nobody has logged in on it');
    }
  }
}
