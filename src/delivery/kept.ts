import { type Letter, OVERHEAD } from '../bus/letter.js';
import type { Charge } from '../net/budget.js';
import type { Copied, Copies } from './copies.js';

/** A message that this node keeps: it could not be given to its users at once. */
export class Kept implements Copied {
  readonly bytes: Buffer;
  copies: Copies | undefined = undefined;
  readonly charge: Charge;
  private users: number;

  /**
   * @param bytes are copied: they may be a small part of a large buffer
   * @param charge who is to wait when too much is kept
   * @param users to how many users it is to go
   */
  constructor(bytes: Buffer, charge: Charge, users = 1) {
    this.bytes = Buffer.from(bytes);
    this.charge = charge;
    this.users = users;
    charge.add(bytes.length + OVERHEAD * users);
  }

  done(userid: number): void {
    this.copies?.drop(userid);
    this.users--;
    this.charge.add(-OVERHEAD - (this.users === 0 ? this.bytes.length : 0));
  }
}

/** One that came on its user's channel. */
export class Overheard extends Kept {}

/** Their senders' other requests wait until these messages are where they shall be. */
export function chargeAll(letters: readonly Letter[], work: Promise<unknown>): void {
  for (const letter of letters) if (letter instanceof Kept) letter.charge.during(work);
}

/** Whether a message is of a client of this node. */
export function isOwn(letter: Letter): letter is Kept {
  return letter instanceof Kept && !(letter instanceof Overheard);
}

/** A message of another node, on a node with a spool: both may be killed. */
export class Guest implements Copied {
  readonly bytes: Buffer;
  copies: Copies | undefined = undefined;
  private readonly letter: Letter;

  constructor(letter: Letter) {
    this.bytes = letter.bytes;
    this.letter = letter;
  }

  done(userid: number): void {
    this.copies?.drop(userid);
    this.letter.done(userid);
  }
}
