import type { Message } from './message.js';

/** What carries messages to one other node of ours. */
export interface Link {
  /** The other node. */
  readonly node: string;
  /** Whether a message for this user may be added now. If not, whoever asks is told by `wayChanged` when it may. */
  hasRoom(remote: Remote): boolean;
  /** Puts a message for these users, all of them on the other node, into this turn's parcel. */
  add(kind: number, message: Message | undefined, remotes: Remote[]): void;
}

/** A user on another node of ours. */
export interface Remote {
  readonly userid: number;
  /** Where it is; undefined when it has left. */
  link: Link | undefined;
  /** Where its unconfirmed messages went, and what they cost. */
  at: Link | undefined;
  outstanding: number;
  /** What came back, to be delivered anew in order once `outstanding` is 0. */
  refused: { readonly message: Message; readonly order: number }[];
  /** Its node has let it in. Before that it is only being logged in there. */
  owned: boolean;
  /** Somebody waits for room, see `Bus.way`. */
  waiting: boolean;
}
