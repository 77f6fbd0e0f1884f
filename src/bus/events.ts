import type { Message } from './message.js';
import type { Ban } from './wire.js';

/** What the bus tells, or asks of, the node that it belongs to. */
export interface BusEvents {
  /** A message for a user. False when the user is not here: then the sender delivers it anew. */
  receive(userid: number, message: Message): boolean;

  /** A message came on a user's channel, from an original node or from one that did not know where the user is. */
  receiveUnconfirmed(userid: number, message: Buffer): void;

  /** Settles the message once all that came for the user so far has left or is stored. False when it is not here. */
  confirm(userid: number, message: Message): boolean;

  /** Whether the user is logged in here. */
  isHere(userid: number): boolean;

  /** Messages that were on their way to a user and did not arrive: to be delivered anew, before all others for it. */
  returned(userid: number, messages: readonly Message[]): void;

  /** The route to a user may be another now, or have credit again. */
  routeChanged(userid: number): void;

  /** Another node has stored messages for these users. */
  stored(userids: readonly number[]): void;

  /** Another node may have stored messages for this user without telling this one. */
  mayBeStored(userid: number): void;

  /** Another node has come, is back, or has ended: it may have stored messages without telling this one. */
  turned(): void;

  /** Another node says that these users come to it, and are to be let go here. */
  taken(userids: readonly number[]): void;

  /** A user is on another node, too, and does not stay here. */
  lostContest(userid: number): void;

  /**
   * Another node says that nobody may log in to these accounts for some time.
   *
   * @param still it was said before, perhaps not to this node: it shortens nothing
   */
  banned(bans: readonly Ban[], still: boolean): void;

  /** The accounts that nobody may log in to now: for a node that is new, or back. */
  bans(): readonly Ban[];

  /** The bus was away and is back, or went away: all routes may be others now. */
  changed(up: boolean): void;
}

/** Is told how the bus does, where somebody wants to know. */
export interface BusWatch {
  /** Another node has so many messages, after so many seconds. */
  confirmed(messages: number, seconds: number): void;
}
