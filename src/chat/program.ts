import { setTimeout as delay } from 'node:timers/promises';
import { unexpected } from '../net/guard.js';
import type { Outcome } from '../ops/metrics.js';
import { Refused, Undecided } from './refused.js';

/** A user as a program sees it that has a server inside it. */
export interface ChatUser {
  readonly id: number;
  readonly name: string;
  /** The address of its client, without the port. */
  readonly address: string;
}

/** Somebody who wants to log in to an account that exists. */
export interface LoginAttempt extends ChatUser {
  /** The password as the client gave it. It may be wrong. */
  readonly password: string;
}

/** A message that a user wants to send. */
export interface WantedMessage {
  /** The sender. Undefined where clients are believed (`trustClientIds`) and this one does not say who it is. */
  readonly from: number | undefined;
  /** The receiver; undefined for a message to a group, or to a user by name. */
  readonly to: number | undefined;
  readonly group: number | undefined;
  /** The document as its receivers get it, as JSON. */
  readonly json: string;
}

/** At once, or later. */
type Decision<T> = T | Promise<T>;

/** The parts of chat that the program takes part in. A part that it leaves out costs nothing. Listeners never throw. */
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

/** Whether the program lets somebody in; it may leave that to the password. Rejects with Undecided. */
export async function isLetIn(program: Program, attempt: LoginAttempt, isRight: boolean): Promise<boolean> {
  const { authenticate } = program;
  if (authenticate === undefined) return isRight;
  return (await decided('authenticate', program, () => authenticate(attempt))) ?? isRight;
}

/** Rejects with Refused when the program does not allow a message, with Undecided when it does not say. */
export async function checkAllowed(program: Program, wanted: WantedMessage): Promise<void> {
  const { allow } = program;
  if (allow === undefined) return;
  if ((await decided('allow', program, () => allow(wanted))) !== true)
    throw new Refused('the program does not allow it');
}

/**
 * Asks the program to decide. When it throws or does not answer in time, only the one request that was asked about
 * fails.
 */
async function decided<T>(what: string, { patience }: Program, decide: () => Decision<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(patience, undefined, { ref: false, signal: timer.signal }).then(() => {
    throw new Undecided(`${what} has not answered within ${patience} ms`);
  });
  try {
    return await Promise.race([Promise.resolve().then(decide), late]);
  } catch (error) {
    unexpected(error, what);
    throw new Undecided('the program has not decided');
  } finally {
    late.catch(() => {});
    timer.abort();
  }
}
