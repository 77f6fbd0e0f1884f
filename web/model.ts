import type { Friend, Group } from '../src/client/core/received.js';
import type { LineState } from './line.js';
import type { Fate } from './numbers.js';

/** How far a message of one's own has come. */
export type Way = 'sending' | 'sent' | 'failed';

/** A message as this browser keeps it. */
export interface Message {
  /** Its place in this browser's copy: later ones have higher numbers. */
  readonly n: number;
  readonly talk: string;
  readonly from: number;
  readonly name: string;
  readonly text: string;
  /** The sender's local time as it wrote it. */
  readonly time: string;
  /** When this browser got it, in ms since 1970. */
  readonly at: number;
  /** It was stored for this user, who was away. */
  readonly waited: boolean;
  /** The name that the sending page gave it; '' for a message of another client. */
  readonly mid: string;
  way?: Way;
  /** What the server says of it, where it does. */
  fate?: Fate | undefined;
  /** The number that its sender has given it, where it has. */
  seq?: number | undefined;
  /** Its sender has taken it back. */
  readonly isRecalled?: boolean;
  /** Its number in the server's history, where that is known. */
  number?: number;
}

/** A conversation with a user or in a group. */
export interface Talk {
  readonly key: string;
  readonly kind: 'user' | 'group';
  readonly id: number;
  name: string;
  unread: number;
  /** The newest ones, or all. */
  messages: Message[];
  /** This browser's copy has older ones. */
  hasOlder: boolean;
  lastAt: number;
  lastText: string;
  /** The last message was taken back. */
  isLastRecalled?: boolean;
  draft: string;
}

/** The notice at the top of the page. */
export interface Notice {
  readonly kind: 'elsewhere' | 'kicked' | 'inUse' | 'noCopy' | 'unavailable' | 'otherTab';
  readonly reason?: string;
}

/** The user who is logged in. */
export interface Me {
  readonly id: number;
  readonly name: string;
}

/** A short word about what was just done. */
export interface Toast {
  readonly text: string;
  readonly isBad: boolean;
}

/** All that is shown. Changed in place by Session, which tells when. */
export interface Model {
  me: Me | undefined;
  /** A login or registration is under way. */
  isBusy: boolean;
  line: LineState;
  notice: Notice | undefined;
  toast: Toast | undefined;
  friends: readonly Friend[];
  groups: readonly Group[];
  /** The verbs of the server that the original does not have. */
  can: ReadonlySet<string>;
  /** The users who want to be friends, and wait for an answer. */
  requests: readonly Friend[];
  talks: Map<string, Talk>;
  open: string | undefined;
  /** Nothing is kept in this browser. */
  isForgetful: boolean;
}

export function emptyModel(): Model {
  return {
    me: undefined,
    isBusy: false,
    line: 'closed',
    notice: undefined,
    toast: undefined,
    friends: [],
    groups: [],
    can: new Set(),
    requests: [],
    talks: new Map(),
    open: undefined,
    isForgetful: true,
  };
}
