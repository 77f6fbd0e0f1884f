import type { Verb } from '../protocol/verbs.js';
import type { Finding, Text } from './finding.js';
import type { World } from './world.js';

/** The things that a case cannot do without, besides an address. */
export type Need =
  | 'second'
  | 'database'
  | 'process'
  /** Numbers and names of the original: the case sends and expects bytes as they were recorded. */
  | 'original'
  /** A server with a hole could lose its tables by what is sent. */
  | 'may-empty'
  | 'groups'
  | 'friends'
  | 'unframed'
  /** A message reaches its readers as its sender wrote it. */
  | 'unchanged';

/** One question to a server. */
export interface Case {
  /** `group/name`; never changes. */
  readonly id: string;
  /** Why it matters to who uses the server: one sentence. */
  readonly why: Text;
  readonly needs?: readonly Need[];
  /** The verbs that the server must name when it is asked (PROTOCOL.md section 9). */
  readonly asks?: readonly Verb[];
  /**
   * Asks it. Behaviour as the original's is SAME; a difference of DIFFERENCES.md is `differs` with its number. Throws
   * Wrong for anything else; a wait that takes too long, or a connection that ends, counts as wrong, too.
   */
  run(world: World): Promise<Finding>;
}
