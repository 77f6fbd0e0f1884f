import { NormalError } from '../json/normal-error.js';
import type { Outcome } from '../ops/metrics.js';

/** A user as a program sees it that has a server inside it. */
export interface ChatUser {
  readonly id: number;
  readonly name: string;
  /** The address of its client, without the port. */
  readonly address: string;
}

/** Somebody who wants to log in to an account that exists. */
export interface LoginAttempt extends ChatUser {
  /** What was given for a password. */
  readonly password: string;
}

/** A message that a user wants to send. */
export interface WantedMessage {
  /** Who sends it. Undefined where clients are believed (`trustClientIds`) and it does not say. */
  readonly from: number | undefined;
  /** Whom it is for; undefined for a message to a group, or to a user by name. */
  readonly to: number | undefined;
  readonly group: number | undefined;
  /** The document as its receivers get it, as JSON. */
  readonly json: string;
}

/** At once, or later. */
export type Decision<T> = T | Promise<T>;

/** What the program takes part in; what it leaves out costs nothing. Listeners never throw. */
export interface Program {
  /** How long it may take to decide, in ms. */
  readonly patience: number;
  /** True lets the user in, false does not; undefined leaves it to the password of the account. */
  readonly authenticate?: ((attempt: LoginAttempt) => Decision<boolean | undefined>) | undefined;
  /** Whether a message may be sent. */
  readonly allow?: ((message: WantedMessage) => Decision<boolean>) | undefined;
  readonly loggedIn?: ((user: ChatUser) => void) | undefined;
  readonly loggedOut?: ((user: ChatUser) => void) | undefined;
  /** A message has gone to a user of this node, to another node, or into the store; with the document as JSON. */
  readonly delivered?: ((to: number, outcome: Outcome, json: Buffer | string) => void) | undefined;
}

/** The program did not decide: what was asked for is not done, and nothing else suffers. */
export class Undecided extends NormalError {}
