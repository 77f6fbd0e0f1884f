import type { Pids } from '../../src/compat/load/usage.js';
import type { Storage } from './storage.js';

/** What a scenario wants of its server. */
export interface Shape {
  readonly nodes: number;
  /** How many workers the one server has: 1 unless given. Only ours can have more. */
  readonly workers?: number;
  /** Whether its users come by WebSockets: only ours has them. */
  readonly web?: true;
  /** Whether its event loop is watched: only ours can be. */
  readonly watched?: true;
  /** Whether ours does it on its embedded store, too. */
  readonly embedded?: true;
}

/** A running server, or several nodes of one, ready for one scenario. */
export interface Site {
  /** One port per node. */
  readonly ports: readonly number[];
  /** Where the first node serves the page for browsers, where it does. */
  readonly web?: number | undefined;
  readonly pids: Pids;
  /** The admin page of the first node, where it has one. */
  readonly admin?: string | undefined;
  /** Its empty database; a bare relay has none. */
  readonly storage: Storage | undefined;
  /** Ends its servers by SIGTERM, and tells how they ended; what it stands on stays. */
  end?(): Promise<readonly (number | string)[]>;
  stop(): Promise<void>;
}

/** Something that can be put under load. */
export interface Target {
  readonly name: string;
  /** A chat server knows users; a bare relay only passes bytes from a connection to its partner. */
  readonly kind: 'chat' | 'relay';
  /** The least time between two logins in ms, for a server that dies of too many; 0: several at once. */
  readonly loginGap: number;
  /** Whether one server of it can have several workers. */
  readonly hasWorkers: boolean;
  /** Whether it serves browsers. */
  readonly hasWeb: boolean;
  /** Starts it with an empty database. */
  start(shape: Shape): Promise<Site>;
}
